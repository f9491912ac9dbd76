import { damaged } from './damaged.ts';

const EMPTY = new Uint8Array(0);

/** Reads a stream in pieces of a wanted length. It holds one chunk, and never more than a caller asks for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = EMPTY;
  #at = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes; undefined at the end of the stream. Throws a `CutOff` when the stream ends within them. */
  async take(length: number): Promise<Buffer | undefined> {
    if (this.#chunk.length - this.#at >= length) return this.#slice(length);
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#at === this.#chunk.length && !(await this.#fill())) break;
      const part = this.#slice(Math.min(missing, this.#chunk.length - this.#at));
      parts.push(part);
      missing -= part.length;
    }
    if (missing === length && length > 0) return undefined;
    if (missing > 0) throw damaged('it ends too early');
    return Buffer.concat(parts);
  }

  /** The first bytes of the stream, at most `length`, which stay to be read. */
  async peek(length: number): Promise<Buffer> {
    while (this.#chunk.length - this.#at < length) {
      const kept = this.#chunk.subarray(this.#at);
      if (!(await this.#fill())) {
        this.#set(kept);
        break;
      }
      this.#set(Buffer.concat([kept, this.#chunk]));
    }
    return view(this.#chunk.subarray(this.#at, this.#at + length));
  }

  /** The next `length` bytes, chunk by chunk; the caller reads all of them or calls `skip` for the rest. */
  async *body(length: number): AsyncGenerator<Buffer> {
    let missing = length;
    while (missing > 0) {
      if (this.#at === this.#chunk.length && !(await this.#fill())) throw damaged('it ends too early');
      const part = this.#slice(Math.min(missing, this.#chunk.length - this.#at));
      missing -= part.length;
      yield part;
    }
  }

  async skip(length: number): Promise<void> {
    let missing = length;
    while (missing > 0) {
      if (this.#at === this.#chunk.length && !(await this.#fill())) throw damaged('it ends too early');
      const step = Math.min(missing, this.#chunk.length - this.#at);
      this.#at += step;
      missing -= step;
    }
  }

  /** What is left of the stream. */
  async *rest(): AsyncGenerator<Buffer> {
    while (this.#at < this.#chunk.length || (await this.#fill())) yield this.#slice(this.#chunk.length - this.#at);
  }

  /** Ends the stream that is read. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #slice(length: number): Buffer {
    const part = this.#chunk.subarray(this.#at, this.#at + length);
    this.#at += length;
    return view(part);
  }

  #set(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  async #fill(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) {
        this.#set(EMPTY);
        return false;
      }
      if (value.length === 0) continue;
      this.#set(value);
      return true;
    }
  }
}

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
