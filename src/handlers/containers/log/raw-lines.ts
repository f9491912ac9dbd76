/** Bytes of a line held: enough for what is shown of it and what is read beyond, in characters of three bytes. */
const MOST_BYTES = 131_072;
const NEWLINE = 10;

interface RawBytes {
  readonly line: Buffer;
  readonly isWhole: boolean;
}

/** Cuts bytes into lines before they are decoded. Of a longer line than `MOST_BYTES` only that much comes out. */
export class RawLines {
  #parts: Buffer[] = [];
  #bytes = 0;
  #skipping = false;

  take(bytes: Buffer): RawBytes[] {
    const lines: RawBytes[] = [];
    let at = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      if (!this.#skipping) lines.push({ line: this.#line(bytes.subarray(at, end)), isWhole: true });
      this.#skipping = false;
      at = end + 1;
    }
    if (this.#skipping || at === bytes.length) return lines;
    this.#parts.push(bytes.subarray(at));
    this.#bytes += bytes.length - at;
    if (this.#bytes > MOST_BYTES) {
      lines.push({ line: this.#line(Buffer.alloc(0)), isWhole: false });
      this.#skipping = true;
    }
    return lines;
  }

  /** The last line, when nothing ended it. */
  end(): Buffer | undefined {
    return this.#bytes === 0 ? undefined : this.#line(Buffer.alloc(0));
  }

  #line(last: Buffer): Buffer {
    const line = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#bytes = 0;
    return line;
  }
}
