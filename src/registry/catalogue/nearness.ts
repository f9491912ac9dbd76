import { byName, sortPaced } from '../../paced/sort.ts';

/** Names without doubles, the nearest to a term first: the name itself, one that ends in it, one with a part that begins so. */
export function byNearness(names: Iterable<string>, term: string): Promise<string[]> {
  const wanted = term.toLowerCase();
  const rank = (name: string): number => {
    if (name === wanted || name.endsWith(`/${wanted}`)) return 0;
    const last = name.slice(name.lastIndexOf('/') + 1);
    if (last.startsWith(wanted)) return 1;
    return last.includes(wanted) ? 2 : 3;
  };
  const ranked = [...new Set(names)].map((name) => ({ name, rank: rank(name) }));
  return sortPaced(ranked, (a, b) => a.rank - b.rank || byName(a.name, b.name)).then((sorted) =>
    sorted.map(({ name }) => name),
  );
}
