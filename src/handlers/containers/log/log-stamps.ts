const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d) /u;
const STAMPS = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d) /gu;
const MOST_STAMP = 40;
/** The engine cuts longer lines into records of this many bytes and writes the time before each. */
const RECORD_BYTES = 16_384;
/** What some log drivers write in place of a byte that is no UTF-8, as the halves of a cut character are not. */
const REPLACED = Buffer.from('\ufffd');

/** One raw line of a log read with timestamps, parted from them. Records are joined as bytes: a border may part a character. */
export function unstamp(raw: Buffer): {
  readonly at: string | undefined;
  readonly text: string;
  readonly bytes: number;
} {
  const first = raw.length > RECORD_BYTES ? raw.toString('latin1', 0, MOST_STAMP) : raw.toString();
  const stamp = STAMP.exec(first)?.[0] ?? '';
  const at = stamp === '' ? undefined : stamp.slice(0, -1);
  const bytes = raw.length - stamp.length;
  if (raw.length <= RECORD_BYTES) return { at, text: first.slice(stamp.length), bytes };
  const whole = at === undefined ? raw : joined(raw.subarray(stamp.length));
  return { at, text: whole.toString(), bytes: whole.length };
}

/** Whether text without an end of line was cut by the engine's border: the rest is missing. */
export const endsAtBorder = (bytes: number) => bytes > 0 && bytes % RECORD_BYTES === 0;

const stampOf = (bytes: Buffer) => STAMP.exec(bytes.toString('latin1', 0, MOST_STAMP))?.[0] ?? '';

function joined(bytes: Buffer): Buffer {
  let rest = bytes;
  const records: Buffer[] = [];
  while (rest.length > RECORD_BYTES) {
    const { end, next } = border(rest);
    records.push(rest.subarray(0, end));
    rest = rest.subarray(next);
  }
  return records.length === 0 ? bytes : Buffer.concat([...records, rest]);
}

/** The end of the record that `bytes` begins with, and the beginning of the next one behind its time. */
function border(bytes: Buffer): { readonly end: number; readonly next: number } {
  const stamp = stampOf(bytes.subarray(RECORD_BYTES));
  if (stamp !== '') return { end: RECORD_BYTES, next: RECORD_BYTES + stamp.length };
  const most = RECORD_BYTES * REPLACED.length;
  let replaced = 0;
  let at = 0;
  for (const found of bytes.toString('latin1', RECORD_BYTES, most + MOST_STAMP).matchAll(STAMPS)) {
    const end = RECORD_BYTES + found.index;
    for (let hit = bytes.indexOf(REPLACED, at); hit >= 0 && hit < end; hit = bytes.indexOf(REPLACED, at)) {
      replaced += 1;
      at = hit + REPLACED.length;
    }
    if (end - replaced * (REPLACED.length - 1) <= RECORD_BYTES) return { end, next: end + found[0].length };
  }
  return { end: RECORD_BYTES, next: RECORD_BYTES };
}

interface Stamped {
  readonly stream: string;
  readonly at?: string;
}

/**
 * Repeated on purpose when a log is taken up again: two streams of one container are written a little out of order, and a
 * line or a key that was being written is only known by its beginning.
 */
const OVERLAP_S = 2;

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
