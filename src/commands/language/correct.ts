import { TRICKS } from '../../text/invisible.ts';
import { Mistake, repaired } from './mistake.ts';
import { hyphens, joinWords, type Word } from './words.ts';

/** So many mistakes of a line are mended; a line with more is not guessed at. */
const MOST_REPAIRS = 8;
/** Characters of a line that somebody would copy. */
const MOST_LENGTH = 300;

/**
 * The line that was meant, in words: what each mistake would have been right with, until none is left. `read` throws the
 * mistakes. Undefined when one of them cannot be mended.
 */
export function correctedWords(
  words: readonly Word[],
  first: unknown,
  read: (words: readonly Word[]) => void,
): readonly Word[] | undefined {
  let now = words;
  let mistake = first;
  for (let tries = 0; tries < MOST_REPAIRS; tries += 1) {
    if (!(mistake instanceof Mistake) || mistake.repair === undefined) return undefined;
    now = repaired(now, mistake.repair);
    try {
      read(now);
      return now;
    } catch (error) {
      mistake = error;
    }
  }
  return undefined;
}

/** Whether a line can stand in a message to be copied from it as it is: what would be shown otherwise cannot. */
export function isCopyable(line: string): boolean {
  return line.length <= MOST_LENGTH && !/[`<>\t]/u.test(line) && line.replace(TRICKS, '') === line;
}

/** A line with its last quote closed: before the next option, or at its end. */
export function closedAt(line: string, open: number): string {
  const [, text = '', rest = ''] = /^(.*?)((?:\s[-@\u2010-\u2015][^\s].*)?)$/su.exec(line.slice(open + 1)) ?? [];
  return `${line.slice(0, open)}${joinWords([{ text: text.trim() || ' ', at: 0, quoted: true }])}${rest}`;
}

const PUNCTUATION = '.,;:!?\u2026';

/** A word without the punctuation at its end. */
function bare(text: string): string {
  let end = text.length;
  while (end > 0 && PUNCTUATION.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** A line without the punctuation that a phone or a sentence put at its end; undefined when it has none. */
export function withoutPunctuation(words: readonly Word[]): Word[] | undefined {
  const last = words.at(-1);
  if (last === undefined || last.quoted || bare(last.text) === last.text) return undefined;
  const text = bare(last.text);
  return [...words.slice(0, -1), ...(text === '' ? [] : [{ ...last, text }])];
}

/** What a name is with typographic dashes and the punctuation after it taken for typing. */
export function tidied(text: string): string {
  return bare(hyphens(text));
}
