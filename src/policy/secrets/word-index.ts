/**
 * Search of many words at once: one pass over a text, in time that does not grow with the number of words (the block
 * table of Wu and Manber, with pairs of characters). Upper and lower case are the same to the table; a word of mixed
 * case is then compared exactly, one without capital letters in either case.
 */
export class WordIndex {
  readonly #words: readonly Word[];
  /** How far to go on when this pair of characters ends the window. */
  readonly #shift = new Uint8Array(4096);
  readonly #byPair = new Map<number, Word[]>();
  readonly #window: number;

  /** Words have at least two characters. */
  constructor(words: Iterable<string>) {
    this.#words = [...new Set(words)].map((text, id) => ({ id, text, exact: text !== text.toLowerCase() }));
    this.#window = Math.min(255, ...this.#words.map(({ text }) => text.length));
    this.#shift.fill(Math.max(1, this.#window - 1));
    for (const word of this.#words) {
      for (let at = 1; at < this.#window; at += 1) {
        const pair = pairAt(word.text, at);
        const shift = this.#window - 1 - at;
        if (shift < (this.#shift[pair] as number)) this.#shift[pair] = shift;
        if (shift === 0) this.#byPair.set(pair, [...(this.#byPair.get(pair) ?? []), word]);
      }
    }
  }

  has(text: string): boolean {
    return this.#next(text, 0) !== undefined;
  }

  /** Every place of every word, in order. */
  *all(text: string): Generator<{ readonly word: string; readonly at: number }> {
    for (let from = 0; ; ) {
      const found = this.#next(text, from);
      if (found === undefined) return;
      for (const { text: word } of found.words) yield { word, at: found.at };
      from = found.at + 1;
    }
  }

  #next(text: string, from: number): { readonly at: number; readonly words: readonly Word[] } | undefined {
    if (this.#words.length === 0) return undefined;
    const last = this.#window - 1;
    for (let end = from + last; end < text.length; ) {
      const pair = pairAt(text, end);
      const shift = this.#shift[pair] as number;
      if (shift > 0) {
        end += shift;
        continue;
      }
      const at = end - last;
      const words = (this.#byPair.get(pair) as Word[]).filter((word) => isAt(text, at, word));
      if (words.length > 0) return { at, words };
      end += 1;
    }
    return undefined;
  }
}

interface Word {
  readonly id: number;
  readonly text: string;
  readonly exact: boolean;
}

function pairAt(text: string, end: number): number {
  return (fold(text.charCodeAt(end - 1)) << 6) | fold(text.charCodeAt(end));
}

/** Six bits of a character that are the same for its capital; others share them, which costs a comparison. */
function fold(code: number): number {
  return (code & 31) | ((code & 64) >> 1);
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
