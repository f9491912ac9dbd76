import { familiar, parseReference } from '../../../../domain/reference.ts';
import type { Card } from '../../../../handlers/deploy/card/card.ts';
import { cut } from '../../../../text/cut.ts';
import { buttons, context, type Message, type Press, section } from '../../../block-kit/message.ts';
import { dayAndClock, inline, plain } from '../../../block-kit/text.ts';
import { mention } from '../../parts/mention.ts';
import { someHosts } from '../../parts/over-hosts.ts';
import { quoted } from '../../parts/quoted.ts';
import { planSummary, shortDigest, what } from '../plan-parts.ts';
import { deploymentView } from './deployment.ts';
import { cardText, glassBlocks, reasonLine, repeatable, stepWord } from './parts.ts';
import { wayBackWords } from './way-back.ts';

/** One deploy from its approval request to its verdict: always the same message, drawn from the store. */
export function cardView(card: Card): Message {
  if (card.deployment) return deploymentView(card, card.deployment);
  if (card.integrity === 'forged' || (card.integrity === 'before' && card.state === 'superseded'))
    return untrustedView(card);
  return card.state === 'pending' ? requestView(card) : closedView(card);
}

/** A request whose record Fairlead did not sign: closed, never put to approvers. */
function untrustedView(card: Card): Message {
  const { plan, integrity, requestedBy } = card;
  const why =
    integrity === 'before'
      ? 'it was made before Fairlead signed its records. Request it again for a new plan.'
      : 'its record was changed outside Fairlead. Check the database: `fairlead audit verify`.';
  const text = `:warning: Request closed: ${what(plan)}, requested by <@${requestedBy}>. Nothing changed: ${why}`;
  const again = integrity === 'before' && repeatable(card);
  return {
    text: cardText(card, text),
    blocks: [section(text), ...(again ? buttons([{ label: 'Retry', line: `/${card.line}` }]) : [])],
  };
}

function requestView(card: Card): Message {
  const { plan } = card;
  if (plan.breakGlass) return brokenView(card);
  const hosts = plan.hosts.map(({ host }) => host);
  return {
    text: cardText(card, `<@${card.requestedBy}> asks to ${what(plan)} on ${someHosts(hosts)}`),
    blocks: [
      section(`:package: <@${card.requestedBy}> asks to ${what(plan)}${stepWord(plan)}${reasonLine(plan)}`),
      ...planSummary(plan),
      context(wayBackWords(card)),
      context(whoAnswers(card)),
      ...buttons(requestButtons(card)),
    ],
  };
}

/** A break-glass deploy right before it starts. */
function brokenView(card: Card): Message {
  const { plan, id } = card;
  const headline = `:rotating_light: <@${card.requestedBy}> breaks the glass to ${what(plan)}${stepWord(plan)}`;
  return {
    text: cardText(card, headline),
    blocks: [
      section(`${headline}${reasonLine(plan)}`),
      ...glassBlocks(card),
      ...planSummary(plan),
      context(wayBackWords(card)),
      ...buttons([{ label: 'Details', line: `/dock plan ${id}` }]),
    ],
  };
}

function requestButtons(card: Card): Press[] {
  return [...answerButtons(card, card.needs.length > 0), { label: 'Details', line: `/dock plan ${card.id}` }];
}

/** Approve and Reject, or Deploy and Cancel where the requester confirms the plan alone. */
export function answerButtons({ plan, id, hash }: Pick<Card, 'plan' | 'id' | 'hash'>, needsApproval: boolean): Press[] {
  const hosts = someHosts(plan.hosts.map(({ host }) => host));
  const yes = needsApproval ? 'Approve' : plan.action === 'deploy' ? 'Deploy' : 'Roll back';
  return [
    {
      label: yes,
      line: `/dock approve ${id}`,
      style: 'primary',
      confirm: {
        title: cut(`${plan.action === 'deploy' ? 'Deploy' : 'Roll back'} ${plan.service}?`, 95),
        text: cut(
          `${plan.image.tag ?? shortDigest(plan.image.digest)}${stepWord(plan)} on ${hosts}. Plan ${hash.slice(0, 8)}.`,
          290,
        ),
        yes,
      },
    },
    { label: needsApproval ? 'Reject' : 'Cancel', line: `/dock reject ${id}` },
  ];
}

function closedView(card: Card): Message {
  const { plan } = card;
  const who = card.decidedBy === undefined ? '' : ` by <@${card.decidedBy}>`;
  const said: Record<Exclude<Card['state'], 'pending'>, string> = {
    approved: `:hourglass: Approved${who}: ${what(plan)}. Starting.`,
    rejected: rejectedWords(card),
    withdrawn: `:leftwards_arrow_with_hook: <@${card.requestedBy}> canceled the request to ${what(plan)}. Nothing changed.`,
    // Only a restored database has a reason for it, and does not know whether anything changed.
    expired:
      card.reason === undefined
        ? `:hourglass: Approval expired: ${what(plan)}, requested by <@${card.requestedBy}>. Nothing changed.`
        : `:hourglass: Request closed: ${what(plan)}, requested by <@${card.requestedBy}>. ${plain(card.reason)}`,
    stale: `:hourglass: Request closed: ${what(plan)}, requested by <@${card.requestedBy}>. ${plain(card.reason ?? '')}`,
    superseded: `:warning: Not started: ${what(plan)}. The request is from an older Fairlead, which did not sign it. Nothing changed.`,
  };
  const text = said[card.state as Exclude<Card['state'], 'pending'>];
  const again = ['expired', 'stale', 'superseded'].includes(card.state) && repeatable(card);
  return {
    text: cardText(card, text),
    blocks: [section(text), ...(again ? buttons([{ label: 'Retry', line: `/${card.line}` }]) : [])],
  };
}

function rejectedWords({ plan, decidedBy, decidedAt, requestedBy, reason }: Card): string {
  const deploy = plan.action === 'deploy' ? `deploy of *${plan.service}*` : `rollback of *${plan.service}* to`;
  const version = inline(plan.image.tag ?? shortDigest(plan.image.digest), 60);
  const when = decidedAt === undefined ? '' : ` (${dayAndClock(decidedAt)})`;
  const why = reason === undefined ? '.' : `: ${quoted(reason)}`;
  return `:no_entry_sign: <@${decidedBy}> rejected <@${requestedBy}>'s ${deploy} ${version}${why} Nothing changed.${when}`;
}

function whoAnswers(card: Card): string {
  const image = familiar(parseReference(card.plan.image.repository));
  const facts = `Plan ${card.hash.slice(0, 8)} · ${plain(image)}@${shortDigest(card.plan.image.digest)}`;
  const until = `until ${dayAndClock(card.expiresAt)}`;
  if (card.needs.length === 0) return `Anyone who may deploy here can confirm, ${until}. ${facts}`;
  // One person's approval counts for every rule, so of two rules for the same people the larger count is needed.
  const counts = new Map<string, number>();
  for (const { count, approvers } of card.needs) {
    const who = approvers.map(mention).join(' or ');
    counts.set(who, Math.max(count, counts.get(who) ?? 0));
  }
  const needs = [...counts].map(([who, count]) =>
    count === 1 ? `approval from ${who}` : `${count} approvals from ${who}`,
  );
  const yes =
    card.votes.length > 0 ? ` Approved so far by ${card.votes.map(({ person }) => `<@${person}>`).join(', ')}.` : '';
  return `Needs ${needs.join(' and ')}, ${until}.${yes} ${facts}`;
}
