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
 * named; nothing is left out without a word, and no line is cut. `beyond` counts what is in no entry.
 */
export function listed(
  entries: readonly Entry[],
  more: (count: number) => string,
  { room = MOST_LISTED, beyond = 0 }: { readonly room?: number; readonly beyond?: number } = {},
): SectionBlock[] {
  return sections(listedLines(entries, more, room, beyond));
}

/** The same as lines, to go on with. */
export function listedLines(
  entries: readonly Entry[],
  more: (count: number) => string,
  room = MOST_LISTED,
  beyond = 0,
): string[] {
  let taken = 0;
  let used = 0;
  for (const { line } of entries) {
    used += line.length + 1;
    if (used > room && taken > 0) break;
    taken += 1;
  }
  const rest = entries.slice(taken);
  const left = rest.length + beyond;
  if (left === 0) return entries.map(({ line }) => line);
  const names = rest.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const which = names.length === left ? `: ${named(names, Math.min(MOST_NAMES, room))}` : '';
  return [...entries.slice(0, taken).map(({ line }) => line), `… and ${more(left)}${which}`];
}
