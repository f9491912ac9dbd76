import type { Runs } from './marks.ts';

/** Characters of a value in base64 that stand at the end of one line or the beginning of the next where it was wrapped. */
const PIECE = 8;
/** Of the beginning of a line, this much is compared. */
const MOST_LINE = 1024;

/** Values in base64, by the characters that they begin and end with. */
export interface Pieces {
  readonly heads: ReadonlyMap<string, readonly string[]>;
  readonly tails: ReadonlyMap<string, readonly string[]>;
}

export function piecesOf(values: Iterable<string>): Pieces {
  const long = [...values].filter((value) => value.length > PIECE);
  return {
    heads: Map.groupBy(long, (value) => value.slice(0, PIECE)),
    tails: Map.groupBy(long, (value) => value.slice(-PIECE)),
  };
}

interface Found {
  readonly text: string;
  /** What values begin or end with. */
  readonly word: string;
  readonly at: number;
  readonly runs: Runs;
}

/** Whether a line ends here with the beginning of a value in base64, or begins with the end of one. */
export function isWrapped({ text, word, at, runs }: Found, { heads, tails }: Pieces): boolean {
  const end = runs.end(at);
  const head = heads.get(word);
  if (head && /^[\r\n\\]?$/u.test(text.charAt(end)) && head.some((value) => value.startsWith(text.slice(at, end))))
    return true;
  const tail = tails.get(word);
  if (!tail) return false;
  const behind = at + word.length;
  let from = at;
  while (behind - from < MOST_LINE && runs.has(from - 1)) from -= 1;
  // The letter of an escaped line break is one of base64 too.
  if (text[from - 1] === '\\' && text[from] === 'n') from += 1;
  return /^[\s"'n]?$/u.test(text.charAt(from - 1)) && tail.some((value) => value.endsWith(text.slice(from, behind)));
}
