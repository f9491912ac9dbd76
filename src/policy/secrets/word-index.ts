/** Characters that are looked up together; words are not shorter. */
const BLOCK = 3;
const BITS = 5;
const BLOCKS = 1 << (BLOCK * BITS);

/**
 * Search of many words at once: one pass over a text, in time that does not grow with the number of words (the block
 * table of Wu and Manber, with blocks of three characters). Upper and lower case are the same to the table; a word of
 * mixed case is then compared exactly, one without capital letters in either case.
 */
export class WordIndex {
  /** How far to go on when this block ends the window. */
  readonly #shift: Uint8Array;
  readonly #byBlock = new Map<number, Word[]>();
  readonly #window: number;

  /** Words have at least three characters. */
  constructor(words: Iterable<string>) {
    const all = [...new Set(words)].map((text) => ({ text, exact: text !== text.toLowerCase() }));
    this.#window = all.reduce((least, { text }) => Math.min(least, text.length), 255);
    this.#shift = new Uint8Array(all.length === 0 ? 0 : BLOCKS).fill(this.#window - BLOCK + 1);
    for (const word of all) {
      for (let end = BLOCK - 1; end < this.#window; end += 1) {
        const block = blockAt(word.text, end);
        const shift = this.#window - 1 - end;
        if (shift < (this.#shift[block] as number)) this.#shift[block] = shift;
        if (shift === 0) this.#wordsAt(block).push(word);
      }
    }
  }

  #wordsAt(block: number): Word[] {
    const words = this.#byBlock.get(block) ?? [];
    this.#byBlock.set(block, words);
    return words;
  }

  has(text: string): boolean {
    return this.#next(text, 0) !== undefined;
  }

  /** Every place of every word, in order. */
  *all(text: string): Generator<{ readonly word: string; readonly at: number }> {
    for (let found = this.#next(text, 0); found !== undefined; found = this.#next(text, found.at + 1)) {
      const { words, at } = found;
      for (const word of words) if (isAt(text, at, word)) yield { word: word.text, at };
    }
  }

  /** The next place where at least one of the words stands. */
  #next(text: string, from: number): { readonly at: number; readonly words: readonly Word[] } | undefined {
    const shifts = this.#shift;
    const last = this.#window - 1;
    let end = from + last;
    if (shifts.length === 0 || end >= text.length) return undefined;
    for (let block = blockAt(text, end); ; ) {
      const shift = shifts[block] as number;
      if (shift === 0) {
        const words = this.#byBlock.get(block) as Word[];
        const at = end - last;
        for (const word of words) if (isAt(text, at, word)) return { at, words };
      }
      end += shift > 1 ? shift : 1;
      if (end >= text.length) return undefined;
      block = shift > 1 ? blockAt(text, end) : ((block << BITS) | fold(text.charCodeAt(end))) & (BLOCKS - 1);
    }
  }
}

interface Word {
  readonly text: string;
  readonly exact: boolean;
}

function blockAt(text: string, end: number): number {
  const first = fold(text.charCodeAt(end - 2));
  return (((first << BITS) | fold(text.charCodeAt(end - 1))) << BITS) | fold(text.charCodeAt(end));
}

/** Five bits of a character that are the same for its capital; others share them, which costs a comparison. */
function fold(code: number): number {
  return code & 31;
}

function isAt(text: string, at: number, { text: word, exact }: Word): boolean {
  if (exact) return text.startsWith(word, at);
  for (let index = 0; index < word.length; index += 1) {
    const code = text.charCodeAt(at + index);
    const lower = code > 64 && code < 91 ? code | 32 : code;
    if (lower !== word.charCodeAt(index)) return false;
  }
  return true;
}
