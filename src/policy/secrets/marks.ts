export const MASK = '***';

/** Marks the characters from one place up to another as secret. */
export type Mark = (from: number, to: number) => void;

/** Collects the places in a text that are secret, and puts a mask over each. */
export class Marks {
  readonly #ranges: [from: number, to: number][] = [];

  readonly mark: Mark = (from, to) => {
    this.#ranges.push([from, to]);
  };

  /** Where what was marked ends, in no order. */
  get ends(): number[] {
    return this.#ranges.map(([, to]) => to);
  }

  /** The text from one place on, with one mask for each stretch that is secret. */
  over(text: string, start = 0): string {
    const ranges = this.#ranges.filter(([, to]) => to > start || start === 0).sort(([a], [b]) => a - b);
    let out = '';
    let done = start;
    let isFirst = true;
    for (const [from, to] of ranges) {
      if (isFirst || from > done) out += `${text.slice(done, Math.max(from, start))}${MASK}`;
      isFirst = false;
      done = Math.max(done, to);
    }
    return out + text.slice(done);
  }
}

/** Finds the end of a run of characters of one alphabet; asked again within the same run, it does not read it again. */
export class Runs {
  readonly #text: string;
  readonly #table: Uint8Array;
  #from = 0;
  #to = 0;

  constructor(text: string, table: Uint8Array) {
    this.#text = text;
    this.#table = table;
  }

  end(at: number): number {
    if (at >= this.#from && at < this.#to) return this.#to;
    let end = at;
    while (end < this.#text.length && this.has(end)) end += 1;
    this.#from = at;
    this.#to = end;
    return end;
  }

  has(at: number): boolean {
    return this.#table[this.#text.charCodeAt(at)] === 1;
  }
}

/** The characters of a class, such as `A-Za-z0-9_`, as a table by their code; a hyphen of its own stands last. */
export function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let at = 0; at < characters.length; at += 1) {
    const isRange = characters[at + 1] === '-' && at + 2 < characters.length;
    const last = characters.charCodeAt(isRange ? at + 2 : at);
    for (let code = characters.charCodeAt(at); code <= last; code += 1) table[code] = 1;
    if (isRange) at += 2;
  }
  return table;
}
