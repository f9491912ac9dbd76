import { createHash } from 'node:crypto';
import { cut } from '../../../text/cut.ts';
import type { LogLine } from '../log/line.ts';
import { lastThatFit } from '../log/shown-lines.ts';

/** Bytes of an output that are kept beside the audit log. */
const KEPT_BYTES = 65_536;

/** What is known of an output once it has been read. */
export interface OutputFacts {
  /** Of the text as it is shown, every line ended. */
  readonly bytes: number;
  readonly sha256: string;
  readonly lines: number;
  /** The beginning of it. */
  readonly kept: string;
  /** The last lines, as many as a message shows. */
  readonly shown: readonly LogLine[];
}

/** Redacted lines of a program, whose reader bounds them: hashed as they come, with the beginning to keep and the end to show. */
export class Output {
  readonly #hash = createHash('sha256');
  readonly #text: string[] = [];
  #bytes = 0;
  #lines = 0;
  #kept = '';
  #shown: LogLine[] = [];

  take(lines: readonly LogLine[]): void {
    for (const { text } of lines) {
      const line = `${text}\n`;
      this.#hash.update(line);
      const bytes = Buffer.byteLength(line);
      if (this.#bytes < KEPT_BYTES) this.#kept += cut(line, KEPT_BYTES, '');
      this.#bytes += bytes;
      this.#lines += 1;
      this.#text.push(line);
    }
    this.#shown = lastThatFit([...this.#shown, ...lines]);
  }

  /** The last lines, as many as a message shows. */
  get shown(): readonly LogLine[] {
    return this.#shown;
  }

  get lines(): number {
    return this.#lines;
  }

  get text(): string {
    return this.#text.join('');
  }

  facts(): OutputFacts {
    const kept = bytesOf(this.#kept, KEPT_BYTES);
    return {
      bytes: this.#bytes,
      lines: this.#lines,
      sha256: this.#hash.copy().digest('hex'),
      kept,
      shown: this.#shown,
    };
  }
}

/** The beginning of a text in at most so many bytes of UTF-8. */
function bytesOf(text: string, most: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= most
    ? text
    : bytes
        .subarray(0, most)
        .toString('utf8')
        .replace(/\ufffd$/u, '');
}
