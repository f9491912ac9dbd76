import { cut } from './cut.ts';

/** As many names as fit into so many characters, at least one; the others are counted. */
export function named(names: readonly string[], most: number): string {
  const all = names.join(', ');
  if (all.length <= most) return all;
  const room = most - ` and ${names.length} more`.length;
  let shown = 0;
  for (let length = 0; shown < names.length; shown += 1) {
    length += (names[shown]?.length ?? 0) + (shown > 0 ? 2 : 0);
    if (length > room) break;
  }
  if (shown > 0) return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
  const first = cut(names[0] ?? '', Math.max(room, 20));
  return names.length > 1 ? `${first} and ${names.length - 1} more` : first;
}
