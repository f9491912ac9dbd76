import type { KnownBlock } from '@slack/types';
import { familiar, parseReference } from '../../commands/reference.ts';
import type { Card, CardHost } from '../../handlers/deploy/card.ts';
import { leftOn } from '../../handlers/deploy/left.ts';
import type { DeployPlan } from '../../handlers/deploy/types.ts';
import { cut } from '../../text/cut.ts';
import { buttons, context, type Message, type Press, section, sections } from '../blocks.ts';
import { clock, dayAndClock, inline, linked, plain, plural, prose } from '../text.ts';
import { endedWords, othersWords } from './ended.ts';
import { mention } from './mention.ts';
import { planSummary, shortDigest, tookWords, what } from './plan.ts';

/** More hosts than this are counted rather than listed, the ones in trouble first. */
const LISTED_HOSTS = 12;

/** One deploy from its question to its verdict: always the same message, drawn from what is stored. */
export function cardView(card: Card): Message {
  if (card.deployment) return deploymentView(card, card.deployment);
  if (card.integrity === 'forged' || (card.integrity === 'before' && card.state === 'superseded'))
    return untrustedView(card);
  return card.state === 'pending' ? questionView(card) : closedView(card);
}

/** Nothing is asked on the word of a record that Fairlead did not sign. */
function untrustedView(card: Card): Message {
  const { plan, integrity, requestedBy } = card;
  const why =
    integrity === 'before'
      ? 'it was asked before Fairlead signed its records. Ask again for a new plan.'
      : 'its record was changed by something other than Fairlead. Whoever runs Fairlead: `fairlead audit verify`.';
  const text = `:warning: <@${requestedBy}>'s question to ${what(plan)} is closed: ${why} Nothing was changed.`;
  const again = integrity === 'before' && repeatable(card);
  return {
    text: bare(text),
    blocks: [section(text), ...(again ? buttons([{ label: 'Ask again', line: `/${card.line}` }]) : [])],
  };
}

function questionView(card: Card): Message {
  const { plan } = card;
  if (plan.breakGlass) return brokenView(card);
  const hosts = plan.hosts.map(({ host }) => host);
  return {
    text: `${bare(what(plan))} on ${hosts.join(', ')}? Asked by <@${card.requestedBy}>`,
    blocks: [
      section(`:package: <@${card.requestedBy}> asks to ${what(plan)}${stepWord(plan)}${reasonLine(plan)}`),
      ...planSummary(plan),
      context(wayBack(plan)),
      context(whoAnswers(card)),
      ...buttons(questionButtons(card)),
    ],
  };
}

/** As it is posted, a moment before it begins. */
function brokenView(card: Card): Message {
  const { plan, id } = card;
  const headline = `:rotating_light: <@${card.requestedBy}> breaks the glass to ${what(plan)}${stepWord(plan)}`;
  return {
    text: bare(headline),
    blocks: [
      section(`${headline}${reasonLine(plan)}`),
      ...glassBlocks(card),
      ...planSummary(plan),
      context(wayBack(plan)),
      ...buttons([{ label: 'Details', line: `/dock plan ${id}` }]),
    ],
  };
}

// The first posting of a card tells those it mentions; they were not asked, so they hear of it here.
function glassBlocks({ glass }: Card): KnownBlock[] {
  if (!glass) return [];
  if (glass.signedBy !== undefined)
    return [section(`:rotating_light: *Break-glass*; reviewed and signed by <@${glass.signedBy}>.`)];
  const by = glass.dueAt === undefined ? '' : ` by ${dayAndClock(glass.dueAt)}`;
  const who = glass.signers.length === 0 ? 'Somebody' : glass.signers.map(mention).join(' ');
  return [
    section(`:rotating_light: *Break-glass*: nobody approved this. ${who}: please look, and sign the review${by}.`),
  ];
}

function questionButtons(card: Card): Press[] {
  return [...answerButtons(card, card.needs.length > 0), { label: 'Details', line: `/dock plan ${card.id}` }];
}

/** Yes and no to a deploy; with `needsYes` it is somebody else's to say. */
export function answerButtons({ plan, id, hash }: Pick<Card, 'plan' | 'id' | 'hash'>, needsYes: boolean): Press[] {
  const hosts = plan.hosts.map(({ host }) => host).join(', ');
  const yes = needsYes ? 'Approve' : plan.action === 'deploy' ? 'Deploy' : 'Roll back';
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
    { label: needsYes ? 'Reject' : 'Cancel', line: `/dock reject ${id}` },
  ];
}

function closedView(card: Card): Message {
  const { plan } = card;
  const who = card.decidedBy === undefined ? '' : ` by <@${card.decidedBy}>`;
  const said: Record<Exclude<Card['state'], 'pending'>, string> = {
    approved: `:hourglass: To ${what(plan)} was approved${who}; it begins in a moment.`,
    rejected: `:no_entry_sign: Rejected${who}: to ${what(plan)}, asked by <@${card.requestedBy}>. Nothing was changed.`,
    withdrawn: `:leftwards_arrow_with_hook: <@${card.requestedBy}> no longer asks to ${what(plan)}. Nothing was changed.`,
    expired: `:hourglass: Nobody answered in time whether to ${what(plan)}, asked by <@${card.requestedBy}>. Nothing was changed.`,
    superseded: `:warning: To ${what(plan)} was not begun: something moved since it was planned. Nothing was changed.`,
  };
  const text = said[card.state as Exclude<Card['state'], 'pending'>];
  const again = (card.state === 'expired' || card.state === 'superseded') && repeatable(card);
  return {
    text: bare(text),
    blocks: [section(text), ...(again ? buttons([{ label: 'Ask again', line: `/${card.line}` }]) : [])],
  };
}

function deploymentView(card: Card, deployment: NonNullable<Card['deployment']>): Message {
  const { plan } = card;
  const headline = headlineOf(card, deployment);
  const took =
    deployment.finishedAt === undefined
      ? `begun ${clock(deployment.startedAt)}`
      : `${tookWords(deployment.tookMs ?? deployment.finishedAt - deployment.startedAt)}, ended ${clock(deployment.finishedAt)}`;
  const approved = card.votes.map(({ person, factor }) => `<@${person}>${factor ? ` (${factor})` : ''}`).join(', ');
  const facts = [
    `asked by <@${card.requestedBy}>`,
    ...(card.glass ? ['*without approval: break-glass*'] : approved === '' ? [] : [`approved by ${approved}`]),
    took,
    `plan ${card.hash.slice(0, 8)}`,
  ];
  return {
    text: bare(headline),
    blocks: [
      section(`${headline}${reasonLine(plan)}`),
      ...glassBlocks(card),
      ...hostLines(deployment.hosts),
      context(facts.join(' · ')),
      ...buttons(deploymentButtons(card, deployment)),
    ],
  };
}

function headlineOf(card: Card, deployment: NonNullable<Card['deployment']>): string {
  const { plan } = card;
  const version = inline(plan.image.tag ?? shortDigest(plan.image.digest), 60);
  const name = `*${plan.service}*`;
  const done = deployment.hosts.filter(isGood);
  const left = leftOn(
    plan,
    done.map(({ host }) => host),
  );
  const of = `${done.length} of ${plural(deployment.hosts.length, 'host')}`;
  switch (deployment.verdict) {
    case undefined:
      if (deployment.abortedBy)
        return `:octagonal_sign: <@${deployment.abortedBy}> stopped ${name} ${version}; going back.`;
      if (deployment.waitsUntil !== undefined)
        return `:grey_question: ${name} ${version} is on ${of}. Go on with the next wave? Answer until ${dayAndClock(deployment.waitsUntil)}.`;
      return `:rocket: Deploying ${name} ${version}: ${of} done`;
    case 'deployed':
      return plan.action === 'rollback'
        ? `:leftwards_arrow_with_hook: ${name} is back on ${version} on ${plural(deployment.hosts.length, 'host')}`
        : `:white_check_mark: ${name} ${version} is deployed on ${plural(deployment.hosts.length, 'host')}`;
    case 'refused':
      return `:no_entry: ${name} ${version} was refused before it began: ${prose(cut(deployment.refused ?? '', 300))} Nothing was changed.`;
    case 'partial':
      return `:warning: ${name} ${version} is on ${of} only. ${othersWords(left)}`;
    default:
      return `${SIGNS[deployment.verdict]} ${name} ${version} ${endedWords(deployment.verdict, left, deployment.abortedBy)}`;
  }
}

const SIGNS = {
  rolled_back: ':rotating_light:',
  failed_kept_old: ':x:',
  aborted: ':octagonal_sign:',
  needs_attention: ':sos:',
} as const;

function hostLines(hosts: readonly CardHost[]): KnownBlock[] {
  const rank = (host: CardHost) => (host.verdict && !isGood(host) ? 0 : host.verdict ? 2 : 1);
  const ordered = hosts.toSorted((a, b) => rank(a) - rank(b));
  const lines = ordered.slice(0, LISTED_HOSTS).map(hostLine);
  const rest = ordered.length - LISTED_HOSTS;
  return sections([...lines, ...(rest > 0 ? [`… and ${plural(rest, 'more host')}`] : [])]);
}

const isGood = ({ verdict }: CardHost) => verdict?.verdict === 'deployed' || verdict?.verdict === 'unchanged';

function hostLine(host: CardHost): string {
  const { verdict } = host;
  if (!verdict)
    return `${host.begun ? ':hourglass_flowing_sand:' : ':white_circle:'} *${host.host}*: ${prose(host.doing)}`;
  const sign = isGood(host) ? ':white_check_mark:' : verdict.verdict === 'skipped' ? ':white_circle:' : ':x:';
  const tip = isGood(host) || verdict.tryThis === '' ? '' : `\n      → ${prose(cut(verdict.tryThis, 300))}`;
  return `${sign} *${host.host}*: ${prose(cut(verdict.why, 400))}${tip}`;
}

function deploymentButtons(card: Card, deployment: NonNullable<Card['deployment']>): Press[] {
  const { plan, id } = card;
  const details: Press = { label: 'Details', line: `/dock plan ${id}` };
  if (deployment.verdict === undefined) {
    const stop: Press = {
      label: 'Abort',
      line: `/dock abort ${id}`,
      style: 'danger',
      confirm: {
        title: 'Stop this deployment?',
        text: 'Hosts under way go back to the old version; hosts that are done keep the new one.',
        yes: 'Abort',
      },
    };
    if (deployment.abortedBy) return [details];
    return deployment.waitsUntil !== undefined
      ? [{ label: 'Continue', line: `/dock continue ${id}`, style: 'primary' }, stop, details]
      : [stop, details];
  }
  if (card.glass?.dueAt !== undefined && card.glass.signedBy === undefined)
    return [{ label: 'Sign the review', line: `/dock sign ${id}`, style: 'primary' }, details];
  const again: Press = { label: 'Ask again', line: `/${card.line}` };
  if (deployment.verdict === 'deployed') {
    const back = plan.hosts.find(({ now }) => now)?.now;
    return plan.action === 'deploy' && back
      ? [{ label: 'Roll back…', line: `/rollback ${plan.service}` }, details]
      : [details];
  }
  return repeatable(card) ? [again, details] : [details];
}

function stepWord(plan: DeployPlan): string {
  const words: Partial<Record<DeployPlan['step'], string>> = {
    first: ' (for the first time)',
    patch: ' (patch)',
    minor: ' (minor)',
    major: ' — a *major* version',
    downgrade: plan.action === 'deploy' ? ' — a *downgrade*' : '',
  };
  return words[plan.step] ?? '';
}

function reasonLine(plan: DeployPlan): string {
  return plan.reason === undefined ? '' : `\n> ${linked(cut(plan.reason, 300).replace(/\s+/gu, ' '))}`;
}

function wayBack(plan: DeployPlan): string {
  const kept = plan.hosts.filter(({ now, oldImageKept }) => now && oldImageKept).length;
  const old = plan.hosts.filter(({ now }) => now).length;
  if (old === 0) return 'There is nothing to go back to: it runs nowhere yet.';
  const sure =
    kept === old ? 'The old containers are kept' : `The old containers are kept on ${kept} of ${plural(old, 'host')}`;
  return `Way back: if it is not healthy it goes back by itself. ${sure}; afterwards \`/dock rollback ${plan.service}\`.`;
}

function whoAnswers(card: Card): string {
  const image = familiar(parseReference(card.plan.image.repository));
  const facts = `Plan ${card.hash.slice(0, 8)} · ${plain(image)}@${shortDigest(card.plan.image.digest)}`;
  const until = `until ${dayAndClock(card.expiresAt)}`;
  if (card.needs.length === 0) return `Whoever may deploy here can confirm ${until}. ${facts}`;
  const needs = card.needs.map(({ count, approvers }) => `${count} yes from ${approvers.map(mention).join(' or ')}`);
  const yes = card.votes.length > 0 ? ` Yes so far: ${card.votes.map(({ person }) => `<@${person}>`).join(', ')}.` : '';
  return `Needs ${needs.join(' and ')} ${until}.${yes} ${facts}`;
}

// A line whose secret values were left out cannot be said again by a click.
function repeatable({ line }: Card): boolean {
  return !line.includes('***');
}

/** Without the marks of formatting, for notifications. */
function bare(text: string): string {
  return text
    .replace(/^:[a-z_]+: /u, '')
    .replaceAll('*', '')
    .replaceAll('`', '');
}
