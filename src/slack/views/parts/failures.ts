import type { KnownBlock } from '@slack/types';
import { asText } from '../../../domain/phrase.ts';
import type { HostFailure } from '../../../handlers/request.ts';
import { named } from '../../../text/names.ts';
import { listed } from '../../block-kit/listed.ts';
import { section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { inline, plural, prose } from '../../block-kit/text.ts';

/** More failures than this are told by what went wrong, once for all hosts alike. */
const ONE_BY_ONE = 8;
const NAMES = 600;

/** What hosts did not do: what happened, the engine's message if it sent one, what to try. */
export function failureBlocks(failures: readonly HostFailure[]): KnownBlock[] {
  if (failures.length <= ONE_BY_ONE) return failures.map((failure) => section(whole([failure])));
  const groups = [...Map.groupBy(failures, alike).values()].toSorted((a, b) => b.length - a.length);
  return [
    ...groups.slice(0, ONE_BY_ONE).map((group) => section(whole(group))),
    ...listed(
      groups.slice(ONE_BY_ONE).map((group) => ({ line: short(group), name: hostsOf(group) })),
      (count) => plural(count, 'more reason'),
    ),
  ];
}

// The words name the host; without it they are the same of many.
function alike({ host, summary, tryThis, awaited }: HostFailure): string {
  return [summary, asText(tryThis), String(awaited ?? false)].map((text) => text.replaceAll(host, '')).join('\n');
}

function whole(group: readonly HostFailure[]): string {
  const [first] = group;
  if (!first) return '';
  const said = first.engineSaid === '' || first.summary.includes(first.engineSaid) ? '' : inline(first.engineSaid, 300);
  const isSame = group.every(({ engineSaid }) => engineSaid === first.engineSaid);
  const source = first.fromEngine === true ? 'The engine said: ' : '';
  const where = isSame ? '' : `On ${first.host}: `;
  return `${short(group)}${said === '' ? '' : `\n${where}${source}${said}`}\n→ ${tip(group, first)}`;
}

const tip = (group: readonly HostFailure[], { host, tryThis }: HostFailure) =>
  group.length > 1 && asText(tryThis).includes(host) ? `For example on ${host}: ${mrkdwn(tryThis)}` : mrkdwn(tryThis);

function short(group: readonly HostFailure[]): string {
  return `:warning: ${hostsOf(group)}: ${prose(group[0]?.summary ?? '')}`;
}

function hostsOf(group: readonly HostFailure[]): string {
  const names = group.map(({ host }) => `*${host}*`);
  return group.length > 1 ? `${named(names, NAMES)} (${plural(group.length, 'host')})` : names.join('');
}
