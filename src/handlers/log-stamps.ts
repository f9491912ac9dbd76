const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d) /u;
/** The engine cuts longer lines into records of this many bytes and writes the time before each. */
const RECORD_BYTES = 16_384;

/** One raw line of a log read with timestamps, parted from them. */
export function unstamp(raw: string): { readonly at: string | undefined; readonly text: string } {
  const stamp = STAMP.exec(raw)?.[0];
  if (stamp === undefined) return { at: undefined, text: raw };
  const text = raw.slice(stamp.length);
  return { at: stamp.trimEnd(), text: text.length > RECORD_BYTES ? joined(text) : text };
}

function joined(text: string): string {
  let rest = Buffer.from(text);
  const records: Buffer[] = [];
  while (rest.length > RECORD_BYTES) {
    records.push(rest.subarray(0, RECORD_BYTES));
    rest = rest.subarray(RECORD_BYTES);
    const stamp = STAMP.exec(rest.subarray(0, 40).toString('latin1'))?.[0];
    if (stamp !== undefined) rest = rest.subarray(stamp.length);
  }
  return Buffer.concat([...records, rest]).toString();
}

interface Stamped {
  readonly stream: string;
  readonly at?: string;
}

/** Repeated on purpose when a log is taken up again: two streams of one container are written a little out of order. */
const OVERLAP_S = 0.1;

/**
 * Remembers how far a log was read, so that it can be taken up again without a line twice. Times are the engine's own, in
 * nanoseconds and of one format, so they compare as text.
 */
export class Bookmark {
  #read = new Map<string, { at: string; times: number }>();
  #known: ReadonlyMap<string, { at: string; times: number }> = new Map();
  #again = new Map<string, number>();
  #latest = '';
  #first = false;
  /** Whether lines may be missing: what was read last was not found again. */
  gap = false;

  /** Unix seconds to ask from; undefined when nothing was read yet. */
  since(): number | undefined {
    return this.#latest === '' ? undefined : Date.parse(this.#latest) / 1000 - OVERLAP_S;
  }

  /** From here on lines come again from `since()`. */
  takeUp(): void {
    this.#known = new Map([...this.#read].map(([stream, mark]) => [stream, { ...mark }]));
    this.#again = new Map([...this.#known].map(([stream, { times }]) => [stream, times]));
    this.#first = this.#latest !== '';
  }

  /** Whether this line has not been read before. */
  isNew({ stream, at }: Stamped): boolean {
    if (at === undefined) return true;
    if (this.#first && at > this.#latest) this.gap = true;
    this.#first = false;
    const known = this.#known.get(stream);
    if (known !== undefined && at < known.at) return false;
    const left = this.#again.get(stream) ?? 0;
    if (at === known?.at && left > 0) {
      this.#again.set(stream, left - 1);
      return false;
    }
    const last = this.#read.get(stream);
    this.#read.set(stream, { at, times: last?.at === at ? last.times + 1 : 1 });
    if (at > this.#latest) this.#latest = at;
    return true;
  }
}
