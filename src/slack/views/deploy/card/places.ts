import type { Place } from '../../../../handlers/deploy/card/places.ts';
import { named } from '../../../../text/names.ts';
import { inline, plural } from '../../../block-kit/text.ts';
import { shortDigest } from '../plan-parts.ts';

const NAMES = 200;
/** More would hide the rest of a card, whose lines say it of each host. */
const MOST_CLAUSES = 6;

/** Where a version is after a deployment of several hosts: `is on 1 of 2 hosts: web-1 has 1.5.0, web-2 still has 1.4.0.` */
export function onHosts(places: readonly Place[]): string {
  const done = places.filter(({ has }) => has === 'new').length;
  return `is on ${done} of ${plural(places.length, 'host')}: ${placesWords(places)}.`;
}

/** What runs where, as clauses: hosts that run the same share one. */
export function placesWords(places: readonly Place[]): string {
  const all = [...Map.groupBy(places, ({ has, old }) => `${has} ${has === 'new' ? '' : old}`).values()];
  // Old versions, of which there may be many, come last: what needs somebody is never left out.
  const groups = all.toSorted(([a], [b]) => Number(a?.has === 'old') - Number(b?.has === 'old'));
  const rest = groups.slice(MOST_CLAUSES).flat().length;
  const clauses = [
    ...groups.slice(0, MOST_CLAUSES).map((group) => clause(group)),
    ...(rest > 0 ? [`and ${plural(rest, 'more host')}`] : []),
  ];
  return clauses.join(groups.length < places.length ? '; ' : ', ');
}

function clause(group: readonly Place[]): string {
  const [first] = group;
  if (!first) return '';
  const hosts = named(
    group.map(({ host }) => host),
    NAMES,
  );
  const have = group.length === 1 ? 'has' : 'have';
  const next = versionWord(first.next);
  const old = first.old === undefined ? undefined : versionWord(first.old);
  switch (first.has) {
    case 'new':
      return `${hosts} ${have} ${next}`;
    case 'both':
      return `${hosts} ${have} both ${old ?? 'the old version'} and ${next}`;
    case 'old':
      if (old !== undefined) return `${hosts} still ${have} ${old}`;
      return `nothing runs on ${hosts}`;
    case 'neither':
      return `*nothing runs on ${hosts}*`;
    case undefined:
      return `what runs on ${hosts} is not known`;
  }
}

const versionWord = (version: string) => inline(version.startsWith('sha256:') ? shortDigest(version) : version, 60);
