import type { SectionBlock } from '@slack/types';
import { named } from '../../text/names.ts';
import { sections } from './message.ts';

/** An entry of a list: what is shown of it, and what it is called where only its name fits. */
export interface Entry {
  readonly line: string;
  /** In mrkdwn. */
  readonly name?: string;
}

/** What a list takes of a message, in UTF-16 units: half a dozen sections, which people still scroll through. */
const MOST_LISTED = 9000;
const MOST_NAMES = 2400;

/**
 * A list in as few sections as it needs. What is beyond the room is counted in the words of `more` ("3 more hosts") and
 * named; nothing is left out without a word, and no line is cut.
 */
export function listed(entries: readonly Entry[], more: (count: number) => string, room = MOST_LISTED): SectionBlock[] {
  return sections(listedLines(entries, more, room));
}

/** The same as lines, to go on with. */
export function listedLines(entries: readonly Entry[], more: (count: number) => string, room = MOST_LISTED): string[] {
  let taken = 0;
  let used = 0;
  for (const { line } of entries) {
    used += line.length + 1;
    if (used > room && taken > 0) break;
    taken += 1;
  }
  const rest = entries.slice(taken);
  if (rest.length === 0) return entries.map(({ line }) => line);
  const names = rest.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const which = names.length === rest.length ? `: ${named(names, Math.min(MOST_NAMES, room))}` : '';
  return [...entries.slice(0, taken).map(({ line }) => line), `… and ${more(rest.length)}${which}`];
}
