import { StringDecoder } from 'node:string_decoder';
import type { LogChunk } from '../docker/engine.ts';
import type { Redact } from '../policy/redact.ts';
import { cut } from '../text/cut.ts';
import { TRICKS } from '../text/invisible.ts';
import { shownLine, terminalLine } from '../text/terminal.ts';
import { unstamp } from './log-stamps.ts';

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** The engine's own time of it, where the log was read with timestamps. */
  readonly at?: string;
}

/** What to do with the times an engine wrote before the lines: there are none, take them off, or leave them to be read. */
export type Stamps = 'none' | 'off' | 'shown';

/** Longer lines are cut: nobody reads them in chat, and a pattern should not have to. */
const MAX_LINE = 32_768;

const KEY = 'PRIVATE KEY-----';
const UNCLEAN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** Lines as they were read, and how many there were with those left out because they could not match. */
export interface LogBatch {
  readonly lines: readonly LogLine[];
  readonly read: number;
}

/**
 * Turns chunks of a log into clean, redacted lines. Redaction comes before anything that looks at a line: a search over
 * raw text would answer questions about the secrets it hides.
 */
export async function* logLines(
  chunks: AsyncIterable<LogChunk>,
  redact: Redact,
  stamps: Stamps = 'none',
): AsyncGenerator<readonly LogLine[]> {
  for await (const { lines } of searchLines(chunks, redact, stamps, [])) if (lines.length > 0) yield lines;
}

/**
 * The same for a search: a line that has none of the words `needs` may be left out before the costly part. `needs` are
 * letters and digits only (`neededWords`), and so this is exact: cleaning is only left out where there is nothing to
 * clean, and redacting never makes such a word, since what it puts in place of a secret keeps its neighbours apart.
 */
export async function* searchLines(
  chunks: AsyncIterable<LogChunk>,
  redact: Redact,
  stamps: Stamps,
  needs: readonly string[],
): AsyncGenerator<LogBatch> {
  const open = (stream: LogLine['stream']) => new StreamLines(stream, redact, stamps, needs);
  const streams = { stdout: open('stdout'), stderr: open('stderr') };
  for await (const { stream, bytes } of chunks) {
    const batch = streams[stream].take(bytes);
    if (batch.read > 0) yield batch;
  }
  for (const stream of [streams.stdout, streams.stderr]) {
    const batch = stream.end();
    if (batch.read > 0) yield batch;
  }
}

/** One stream of one log, cut into lines. */
class StreamLines {
  readonly #stream: LogLine['stream'];
  readonly #redact: Redact;
  readonly #stamps: Stamps;
  readonly #needs: readonly string[];
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #skipping = false;
  #inKey = false;
  #lines: LogLine[] = [];
  #read = 0;

  constructor(stream: LogLine['stream'], redact: Redact, stamps: Stamps, needs: readonly string[]) {
    this.#stream = stream;
    this.#redact = redact;
    this.#stamps = stamps;
    this.#needs = needs;
  }

  take(bytes: Buffer): LogBatch {
    const text = this.#rest + this.#decoder.write(bytes);
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) this.#whole(text.slice(0, end));
    this.#rest = text.slice(end);
    if (this.#rest.length > MAX_LINE) this.#writeOver();
    if (this.#rest.length > MAX_LINE) {
      if (!this.#skipping) this.#line(cut(this.#rest, MAX_LINE, ' […]'));
      this.#skipping = true;
      this.#rest = '';
    }
    return this.#batch();
  }

  /** A progress bar is one line, however long it goes on: what was written over is let go. */
  #writeOver(): void {
    const back = this.#rest.lastIndexOf('\r');
    if (back <= 0 || this.#stamps !== 'none') return;
    this.#rest = shownLine(this.#rest.slice(0, back), this.#redact) + this.#rest.slice(back);
  }

  end(): LogBatch {
    const rest = this.#rest + this.#decoder.end();
    if (rest !== '' && !this.#skipping) this.#line(rest);
    return this.#batch();
  }

  #batch(): LogBatch {
    const batch = { lines: this.#lines, read: this.#read };
    this.#lines = [];
    this.#read = 0;
    return batch;
  }

  /** Text that ends with the end of a line. */
  #whole(text: string): void {
    const start = this.#skipping ? text.indexOf('\n') + 1 : 0;
    this.#skipping = false;
    const isPlain = !this.#inKey && !text.includes(KEY) && !UNCLEAN.test(text);
    // With times before the lines, what is shown is not what was read.
    if (isPlain && this.#stamps === 'none' && this.#needs.length > 0) this.#candidates(text, start);
    else this.#all(text, start);
  }

  #all(text: string, start: number): void {
    for (let at = start, end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      this.#line(text.slice(at, end));
      at = end + 1;
    }
  }

  /** Looks only at lines that have one of the words, and counts the others. */
  #candidates(text: string, start: number): void {
    const next = firstOf(this.#needs, text);
    let hit = next(start);
    for (let at = start, end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      if (hit < end) {
        this.#line(text.slice(at, end));
        hit = next(end);
      } else this.#read += 1;
      at = end + 1;
    }
  }

  #line(raw: string): void {
    const { at, text } = this.#stamps === 'none' ? { at: undefined, text: raw } : unstamp(raw);
    const clean = this.#clean(text);
    if (clean === undefined) return;
    this.#read += 1;
    if (at === undefined) this.#lines.push({ stream: this.#stream, text: clean });
    else this.#lines.push({ stream: this.#stream, text: this.#stamps === 'shown' ? `${at} ${clean}` : clean, at });
  }

  #clean(raw: string): string | undefined {
    // The body of a private key has no word a pattern could know it by: everything up to its end goes.
    if (this.#inKey) {
      if (raw.includes('-----END')) this.#inKey = false;
      return undefined;
    }
    const isClean = !UNCLEAN.test(raw);
    const text = isClean ? raw : terminalLine(raw).replace(TRICKS, '');
    if (text.includes(KEY) && text.includes('-----BEGIN') && !text.includes('-----END')) this.#inKey = true;
    return this.#redact(isClean ? raw : shownLine(raw, this.#redact).replace(TRICKS, ''));
  }
}

/** Where the first of the words is at or after a place, which may only grow; infinite when there is none. */
function firstOf(words: readonly string[], text: string): (from: number) => number {
  const places = words.map((word) => ({ word, at: -1 }));
  return (from) => {
    let first = Number.POSITIVE_INFINITY;
    for (const place of places) {
      if (place.at < from) {
        const found = text.indexOf(place.word, from);
        place.at = found < 0 ? Number.POSITIVE_INFINITY : found;
      }
      first = Math.min(first, place.at);
    }
    return first;
  };
}
