import { StringDecoder } from 'node:string_decoder';
import type { Redact } from '../../../policy/redact.ts';
import { hasOpener } from '../../../policy/secrets/openers.ts';
import { SecretLines } from '../../../policy/secrets/secret-lines.ts';
import { cutRedacted, MARGIN } from '../../../text/cut.ts';
import { TRICKS } from '../../../text/invisible.ts';
import { KeyGuard, mayBeginKey } from '../../../text/key-guard.ts';
import { shownLine, terminalLine } from '../../../text/terminal.ts';
import type { LogBatch, LogLine, Stamps } from './line.ts';
import { endsAtBorder, unstamp } from './log-stamps.ts';
import { RawLines } from './raw-lines.ts';

/** Longer lines are cut: nobody reads them in chat, and a pattern should not have to. In UTF-16 units. */
const MAX_LINE = 32_768;
const ENDING = ' […]';

// Words that begin with a rare letter: a search looks for them in all of a log.
const UNCLEAN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/** Of what a search left out, this much is looked through for what a secret may begin with. */
const MOST_UNREAD = 16_384;

interface RawLine {
  readonly at: string | undefined;
  readonly raw: string;
  /** The same as a terminal shows it, not yet redacted. */
  readonly text: string;
  /** Whether this is all of it. */
  readonly isWhole: boolean;
}

const masked = (line: RawLine, text: string): RawLine => ({ ...line, raw: text, text, isWhole: true });

/** One stream of one log, cut into lines. */
export class StreamLines {
  readonly #stream: LogLine['stream'];
  readonly #redact: Redact;
  readonly #stamps: Stamps;
  readonly #needs: readonly string[];
  readonly #decoder = new StringDecoder('utf8');
  readonly #stamped = new RawLines();
  readonly #keys = new KeyGuard<RawLine>();
  readonly #secrets = new SecretLines();
  /** What a search left out before this text. */
  #unread = '';
  #rest = '';
  #skipping = false;
  /** Whether in these lines a secret may begin that goes on in the next ones. */
  #isOpenable = true;
  #lines: LogLine[] = [];
  #read = 0;

  constructor(stream: LogLine['stream'], redact: Redact, stamps: Stamps, needs: readonly string[]) {
    this.#stream = stream;
    this.#redact = redact;
    this.#stamps = stamps;
    this.#needs = needs;
  }

  take(bytes: Buffer): LogBatch {
    if (this.#stamps === 'none') this.#text(this.#rest + this.#decoder.write(bytes));
    else for (const { line, isWhole } of this.#stamped.take(bytes)) this.#unstamped(line, isWhole);
    return this.#batch();
  }

  end(): LogBatch {
    const rest = this.#rest + this.#decoder.end();
    // The engine's records are whole: one that is full and has no end of line is only a part.
    if (rest !== '' && !this.#skipping) this.#line(rest, !endsAtBorder(Buffer.byteLength(rest)));
    const stamped = this.#stamped.end();
    if (stamped !== undefined) this.#unstamped(stamped, !endsAtBorder(unstamp(stamped).bytes));
    for (const line of this.#keys.end(masked)) this.#show(line);
    return this.#batch();
  }

  #text(text: string): void {
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) this.#whole(text.slice(0, end));
    this.#rest = text.slice(end);
    if (this.#rest.length > MAX_LINE + MARGIN) this.#writeOver();
    if (this.#rest.length > MAX_LINE + MARGIN) {
      if (!this.#skipping) this.#line(this.#rest, false);
      this.#skipping = true;
      this.#rest = '';
    }
  }

  /** A progress bar is one line, however long it goes on: what was written over is let go. */
  #writeOver(): void {
    const back = this.#rest.lastIndexOf('\r');
    if (back <= 0) return;
    this.#rest = shownLine(this.#rest.slice(0, back), this.#redact) + this.#rest.slice(back);
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
    // With times before the lines, what is shown is not what was read.
    const isClean = !this.#keys.isWatching && !mayBeginKey(text) && !UNCLEAN.test(text);
    const isPlain = isClean && this.#needs.length > 0;
    this.#isOpenable = !isClean || isPlain || hasOpener(text);
    if (!isPlain) this.#all(text, start);
    else if (!this.#mayGoOn(text)) this.#candidates(text, start);
    else {
      for (const line of this.#unread.split('\n').slice(0, -1)) this.#secrets.take(line);
      this.#all(text, start);
    }
    this.#unread = isPlain && !this.#secrets.isOpen ? wholeLines(text) : '';
  }

  /** Whether a line that is looked for may be part of a secret that began before it. */
  #mayGoOn(text: string): boolean {
    if (this.#secrets.isOpen) return true;
    if (!this.#needs.some((word) => text.includes(word))) return false;
    return hasOpener(this.#unread + text);
  }

  #all(text: string, start: number): void {
    for (let at = start, end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      this.#line(text.slice(at, end), true);
      at = end + 1;
    }
  }

  /** Looks only at lines that have one of the words, and counts the others. */
  #candidates(text: string, start: number): void {
    const next = firstOf(this.#needs, text);
    let hit = next(start);
    for (let at = start, end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      if (hit < end) {
        this.#line(text.slice(at, end), true);
        hit = next(end);
      } else this.#read += 1;
      at = end + 1;
    }
  }

  #unstamped(line: Buffer, isWhole: boolean): void {
    const { at, text } = unstamp(line);
    this.#line(text, isWhole, at);
  }

  #line(raw: string, isWhole: boolean, at?: string): void {
    const text = UNCLEAN.test(raw) ? terminalLine(raw).replace(TRICKS, '') : raw;
    if (!this.#keys.isWatching && !mayBeginKey(text)) this.#show({ at, raw, text, isWhole });
    else for (const line of this.#keys.take({ at, raw, text, isWhole }, masked)) this.#show(line);
    // A key may have begun in what is left out of it.
    if (!isWhole) this.#keys.restart();
  }

  #show({ at, raw, text, isWhole }: RawLine): void {
    const apart = this.#isOpenable || this.#secrets.isOpen ? this.#secrets.take(text) : text;
    const isPlain = text === raw || apart !== text;
    const hidden = this.#redact(isPlain ? apart : shownLine(raw, this.#redact).replace(TRICKS, ''));
    const clean = cutRedacted(hidden, MAX_LINE, isWhole, ENDING);
    this.#read += 1;
    if (at === undefined) this.#lines.push({ stream: this.#stream, text: clean });
    else this.#lines.push({ stream: this.#stream, text: this.#stamps === 'shown' ? `${at} ${clean}` : clean, at });
  }
}

/** The last whole lines of a text. */
function wholeLines(text: string): string {
  const last = text.slice(-MOST_UNREAD);
  return last.length < text.length ? last.slice(last.indexOf('\n') + 1) : last;
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
