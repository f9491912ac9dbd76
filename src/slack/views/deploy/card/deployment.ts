import { cutPhrase } from '../../../../domain/phrase.ts';
import { blamedFor } from '../../../../handlers/deploy/card/blamed.ts';
import type { Card } from '../../../../handlers/deploy/card/card.ts';
import { remainingState } from '../../../../handlers/deploy/card/left.ts';
import { placesOf } from '../../../../handlers/deploy/card/places.ts';
import { buttons, context, type Message, type Press, section } from '../../../block-kit/message.ts';
import { mrkdwn } from '../../../block-kit/phrase.ts';
import { clock, dayAndClock, inline, plural } from '../../../block-kit/text.ts';
import { quoted } from '../../parts/quoted.ts';
import { shortDigest, tookWords } from '../plan-parts.ts';
import { abortButton } from './abort.ts';
import { endedWords } from './ended.ts';
import { oldVersion, rollingBack } from './host.ts';
import { hostLines, isDone, namesOf } from './host-lines.ts';
import { cardText, glassBlocks, reasonLine, repeatable } from './parts.ts';
import { onHosts } from './places.ts';
import { backButtons } from './way-back.ts';

type Deployment = NonNullable<Card['deployment']>;

/** A deployment under way, or how it ended. */
export function deploymentView(card: Card, deployment: Deployment): Message {
  const { plan } = card;
  const headline = headlineOf(card, deployment);
  const took =
    deployment.finishedAt === undefined
      ? `started ${clock(deployment.startedAt)}`
      : `${tookWords(deployment.tookMs ?? deployment.finishedAt - deployment.startedAt)}, ended ${clock(deployment.finishedAt)}`;
  const approved = card.votes.map(({ person, factor }) => `<@${person}>${factor ? ` (${factor})` : ''}`).join(', ');
  const facts = [
    `requested by <@${card.requestedBy}>`,
    ...abortFact(deployment),
    ...(card.glass ? ['*without approval: break-glass*'] : approved === '' ? [] : [`approved by ${approved}`]),
    took,
    `plan ${card.hash.slice(0, 8)}`,
  ];
  return {
    text: cardText(card, headline),
    blocks: [
      section(`${headline}${reasonLine(plan)}`),
      ...glassBlocks(card),
      ...hostLines(card, deployment.hosts),
      context(facts.join(' · ')),
      ...buttons(deploymentButtons(card, deployment)),
    ],
  };
}

/** Why it was aborted, and by whom where the headline says what its hosts run instead. */
function abortFact({ verdict, abortedBy, abortReason }: Deployment): string[] {
  const isInHeadline = verdict !== 'partial' && verdict !== 'needs_attention';
  const by = abortedBy === undefined || isInHeadline ? '' : ` by <@${abortedBy}>`;
  if (abortReason !== undefined) return [`aborted${by}: ${quoted(abortReason)}`];
  return by === '' ? [] : [`aborted${by}`];
}

function headlineOf(card: Card, deployment: Deployment): string {
  const { plan } = card;
  const { hosts } = deployment;
  const version = inline(plan.image.tag ?? shortDigest(plan.image.digest), 60);
  const name = `*${plan.service}*`;
  const done = hosts.filter(isDone);
  const left = remainingState(
    plan,
    done.map(({ host }) => host),
  );
  const of = `${done.length} of ${plural(hosts.length, 'host')}`;
  const verdicts = hosts.flatMap(({ verdict }) => verdict ?? []);
  const places = placesOf(plan, new Map(hosts.flatMap(({ host, verdict }) => (verdict ? [[host, verdict]] : []))));
  switch (deployment.verdict) {
    case undefined:
      return underWay(card, deployment, { name, version, of });
    case 'deployed':
      return plan.action === 'rollback'
        ? `:leftwards_arrow_with_hook: ${name} is back on ${version} on ${plural(hosts.length, 'host')}`
        : `:white_check_mark: ${name} ${version} is deployed on ${plural(hosts.length, 'host')}`;
    case 'refused':
      return `:no_entry: ${name} ${version} was not started: ${mrkdwn(cutPhrase(deployment.refused ?? '', 300))} Nothing changed.`;
    case 'partial':
      return `:warning: ${name} ${version} ${onHosts(places)}`;
    default: {
      const words = endedWords(deployment.verdict, left, blamedFor(verdicts), {
        by: deployment.abortedBy,
        old: onlyOld(plan),
        places,
      });
      return `${SIGNS[deployment.verdict]} ${name} ${version} ${words}`;
    }
  }
}

function underWay(
  { plan }: Card,
  { abortedBy, waitsUntil, hosts }: Deployment,
  { name, version, of }: { readonly name: string; readonly version: string; readonly of: string },
): string {
  const back = hosts.filter((host) => !host.verdict && host.phase === 'roll-back');
  const restoring = back.length > 0 ? rollingBack(plan, back) : undefined;
  if (abortedBy)
    return `:octagonal_sign: <@${abortedBy}> aborted ${name} ${version}. ${restoring ?? 'Stopping what is under way.'}`;
  if (restoring !== undefined) return `:rewind: ${name} ${version} failed on ${namesOf(back)}. ${restoring}`;
  if (waitsUntil !== undefined) {
    const next = hosts.filter(({ verdict }) => verdict === undefined);
    return `:grey_question: ${name} ${version} is on ${of}. Continue with the next wave? Waiting: ${namesOf(next)}. Answer until ${dayAndClock(waitsUntil)}.`;
  }
  return plan.action === 'rollback'
    ? `:leftwards_arrow_with_hook: Rolling ${name} back to ${version}: ${of} done`
    : `:rocket: Deploying ${name} ${version}: ${of} done`;
}

/** What ran on every host before, where that was the same. */
function onlyOld({ hosts }: Card['plan']): string | undefined {
  const olds = new Set(hosts.map(oldVersion));
  return olds.size === 1 ? [...olds][0] : undefined;
}

const SIGNS = {
  rolled_back: ':rotating_light:',
  failed_kept_old: ':x:',
  aborted: ':octagonal_sign:',
  needs_attention: ':sos:',
} as const;

function deploymentButtons(card: Card, deployment: Deployment): Press[] {
  const { plan, id } = card;
  const details: Press = { label: 'Details', line: `/dock plan ${id}` };
  if (deployment.verdict === undefined) {
    if (deployment.abortedBy) return [details];
    const abort = abortButton(id, plan, deployment.hosts);
    return deployment.waitsUntil !== undefined
      ? [{ label: 'Continue', line: `/dock continue ${id}`, style: 'primary' }, ...abort, details]
      : [...abort, details];
  }
  const back = backButtons(plan, deployment);
  if (card.glass?.dueAt !== undefined && card.glass.signedBy === undefined)
    return [{ label: 'Sign the review', line: `/dock sign ${id}`, style: 'primary' }, ...back, details];
  const again: Press = { label: 'Retry', line: `/${card.line}` };
  return deployment.verdict === 'deployed' || !repeatable(card) ? [...back, details] : [again, ...back, details];
}
