import { word as newWord, type Repair } from './mistake.ts';
import type { Word } from './words.ts';

/** Part of a word: a value, in the word of its option or in its own. */
export interface Part {
  readonly word: Word;
  readonly from: number;
}

const VERSION = /^v?\d|[:/@]/u;

/**
 * A text option's value with the words behind it, in quotes. Where a `version` may still come, one at the end is left out;
 * undefined when nothing is left to be quoted.
 */
export function quotedRun({ word, from }: Part, behind: readonly Word[], version: boolean): Repair | undefined {
  const end = behind.findIndex(({ text, quoted }) => !quoted && /^[-@]./u.test(text));
  const run = end < 0 ? [...behind] : behind.slice(0, end);
  if (version && VERSION.test(run.at(-1)?.text ?? '')) run.pop();
  if (run.length === 0) return undefined;
  const text = [word, ...run].map((one) => one.text).join(' ');
  return new Map([[word, [newWord(text, from === 0)]], ...run.map((one) => [one, []] as [Word, Word[]])]);
}
