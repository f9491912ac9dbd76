import type { Place } from '../../handlers/deploy/card/places.ts';
import { named } from '../../text/names.ts';

const NAMES = 100;
/** A summary is one line of a tool: the card in Slack names every host. */
const MOST_CLAUSES = 3;

/** What the hosts run that do not have the new version, as the end of a sentence: `: web-2 still has 1.3.2`. */
export function restOf(places: readonly Place[]): string {
  const others = places.filter(({ has }) => has !== 'new');
  const groups = [...Map.groupBy(others, ({ has, old }) => `${has} ${old}`).values()].toSorted(
    ([a], [b]) => Number(a?.has === 'old') - Number(b?.has === 'old'),
  );
  const more = groups.slice(MOST_CLAUSES).flat().length;
  const clauses = [
    ...groups.slice(0, MOST_CLAUSES).map(clause),
    ...(more > 0 ? [`and ${more} more ${more === 1 ? 'host' : 'hosts'}`] : []),
  ];
  return clauses.length === 0 ? '' : `: ${clauses.join('; ')}`;
}

function clause(group: readonly Place[]): string {
  const [{ has, old, next } = { has: undefined, old: undefined, next: '' }] = group;
  const hosts = named(
    group.map(({ host }) => host),
    NAMES,
  );
  const have = group.length === 1 ? 'has' : 'have';
  const before = old === undefined ? undefined : short(old);
  if (has === 'both') return `${hosts} ${have} both ${before ?? 'the old version'} and ${short(next)}`;
  if (has === undefined) return `what runs on ${hosts} is not known`;
  return has === 'neither' || before === undefined ? `nothing runs on ${hosts}` : `${hosts} still ${have} ${before}`;
}

const short = (version: string): string =>
  version.startsWith('sha256:') ? version.replace('sha256:', '').slice(0, 12) : version;
