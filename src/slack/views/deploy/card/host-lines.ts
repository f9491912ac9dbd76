import type { KnownBlock } from '@slack/types';
import { asText, cutPhrase } from '../../../../domain/phrase.ts';
import type { Card } from '../../../../handlers/deploy/card/card.ts';
import type { CardHost } from '../../../../handlers/deploy/card/hosts.ts';
import { isGood } from '../../../../handlers/deploy/verdict.ts';
import { named } from '../../../../text/names.ts';
import { sections } from '../../../block-kit/message.ts';
import { mrkdwn } from '../../../block-kit/phrase.ts';
import { plural } from '../../../block-kit/text.ts';
import { hostLine, stepWords } from './host.ts';

/** Of more hosts than this, those in trouble have a line each, and the others one for each state. */
const ONE_BY_ONE = 12;
/** Hosts in trouble that have a line each. */
const TROUBLED = 8;
/** With more hosts than this, the steps of those that are done are not listed. */
const STEPS_OF = 4;
/** Reasons for which hosts were skipped that have a line each. */
const REASONS = 3;
const NAMES = 200;

export const isDone = ({ verdict }: CardHost) => verdict !== undefined && isGood(verdict);
export const namesOf = (hosts: readonly CardHost[]) =>
  named(
    hosts.map(({ host }) => host),
    NAMES,
  );

const isSkipped = ({ verdict }: CardHost) => verdict?.verdict === 'skipped';
const isTroubled = (host: CardHost) => (host.verdict ? !isDone(host) && !isSkipped(host) : host.phase === 'roll-back');

/** The hosts of a deployment, those in trouble first. */
export function hostLines(card: Card, hosts: readonly CardHost[]): KnownBlock[] {
  const isWaiting = card.deployment?.waitsUntil !== undefined;
  const line = (host: CardHost, steps: boolean) => hostLine(host, card.plan, { steps, isWaiting });
  if (hosts.length <= ONE_BY_ONE) {
    const rank = (host: CardHost) => (host.verdict && !isDone(host) ? 0 : host.verdict ? 2 : 1);
    const ordered = hosts.toSorted((a, b) => rank(a) - rank(b));
    return sections(ordered.map((host) => line(host, hosts.length <= STEPS_OF || rank(host) < 2)));
  }
  const troubled = hosts.filter(isTroubled);
  const rest = troubled.slice(TROUBLED);
  return sections([
    ...troubled.slice(0, TROUBLED).map((host) => line(host, true)),
    ...(rest.length > 0 ? [`:x: … and ${plural(rest.length, 'more host')} in trouble: ${namesOf(rest)}`] : []),
    ...skippedLines(hosts.filter(isSkipped)),
    ...stateLines(
      hosts.filter(({ verdict, phase }) => !verdict && phase !== 'roll-back'),
      isWaiting,
    ),
    ...doneLines(hosts.filter(isDone)),
  ]);
}

function skippedLines(hosts: readonly CardHost[]): string[] {
  const groups = [...Map.groupBy(hosts, ({ verdict }) => asText(verdict?.why ?? '')).values()];
  const others = groups.slice(REASONS).flat();
  return [
    ...groups.slice(0, REASONS).map((group) => {
      const why = mrkdwn(cutPhrase(group[0]?.verdict?.why ?? '', 400));
      return `:white_circle: *${plural(group.length, 'host')}*: ${why} ${namesOf(group)}`;
    }),
    ...(others.length > 0
      ? [`:white_circle: … and ${plural(others.length, 'more host')} skipped for other reasons: ${namesOf(others)}`]
      : []),
  ];
}

/** A line for each phase, and one for the hosts whose turn has not come. */
function stateLines(hosts: readonly CardHost[], isWaiting: boolean): string[] {
  const waiting = isWaiting ? 'waiting for your answer' : 'waiting for their turn';
  return [...Map.groupBy(hosts, ({ phase }) => phase)].map(([phase, group]) => {
    const sign = phase === undefined ? ':white_circle:' : ':hourglass_flowing_sand:';
    return `${sign} *${plural(group.length, 'host')}*: ${phase === undefined ? waiting : stepWords(phase)}: ${namesOf(group)}`;
  });
}

function doneLines(hosts: readonly CardHost[]): string[] {
  const groups = Map.groupBy(hosts, ({ verdict }) => verdict?.verdict === 'unchanged');
  return [...groups].map(
    ([isSame, group]) =>
      `:white_check_mark: *${plural(group.length, 'host')}* ${isSame ? 'had this version already' : 'done'}: ${namesOf(group)}`,
  );
}
