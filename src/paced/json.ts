import { createPace } from './pace.ts';

/** Bytes and structural characters up to which `JSON.parse` takes less than some 40 ms on a slow machine, whatever they say. */
const SMALL = { bytes: 1_000_000, marks: 40_000 };
/** Neither an engine nor a registry nests deeper; a parser pays for each level. */
const MOST_DEPTH = 200;
/** Digits of the longest number; the text of a number is converted at once. */
const MOST_DIGITS = 400;
const PIECE = 4096;

/** What was sent is over a cap. The message names the cap. */
export class TooLarge extends Error {}

/**
 * A body as it arrives, of at most `most` bytes; throws `TooLarge` and stops reading when there is more. Many bodies at once
 * are read no faster than the event loop allows.
 */
export async function readChunks(chunks: AsyncIterable<Uint8Array>, most: number): Promise<readonly Uint8Array[]> {
  const pace = createPace();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > most) throw new TooLarge(`more than ${sayBytes(most)}`);
    parts.push(chunk);
    await pace();
  }
  return parts;
}

/** As `readChunks`, in one piece. */
export async function readBytes(chunks: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  return Buffer.concat(await readChunks(chunks, most));
}

/** The first `most` bytes of a body as text; the rest is not read. For error pages, of which nobody reads more. */
export async function readStart(chunks: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes >= most) break;
  }
  return startOf(parts, most);
}

/** The first `most` bytes of what was read, as text. */
export function startOf(chunks: readonly Uint8Array[], most: number): string {
  const parts: Uint8Array[] = [];
  let left = most;
  for (const chunk of chunks) {
    if (left <= 0) break;
    parts.push(chunk.subarray(0, left));
    left -= chunk.length;
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * Parses JSON without keeping the event loop. Throws a `SyntaxError`, or `TooLarge` for what no honest sender nests. A large
 * body is better given in the chunks in which it came: to put 8 MB together keeps the loop for 30 ms on a slow machine.
 */
export async function parseJson(body: Uint8Array | readonly Uint8Array[]): Promise<unknown> {
  const chunks = body instanceof Uint8Array ? [body] : body;
  const marks = createMarks();
  for await (const piece of pieces(chunks, 65_536)) marks.take(piece);
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
  if (bytes <= SMALL.bytes && marks.count() <= SMALL.marks) return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const { JSONParser } = await import('@streamparser/json');
  // Without `paths` every value would be handed over; `$` is the whole.
  const parser = new JSONParser({ paths: ['$'], keepStack: false });
  let whole: unknown;
  let isWhole = false;
  parser.onValue = ({ value }) => {
    whole = value;
    isWhole = true;
  };
  for await (const piece of pieces(chunks, PIECE)) parser.write(piece);
  if (!isWhole) throw new SyntaxError('The JSON ends too early.');
  return whole;
}

async function* pieces(chunks: readonly Uint8Array[], most: number): AsyncGenerator<Uint8Array> {
  const pace = createPace();
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += most) {
      await pace();
      yield chunk.subarray(at, at + most);
    }
  }
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [34, 92, 44, 91, 93, 123, 125];

/** Counts structural characters outside of strings; refuses depth and digits that would make a parser slow. */
function createMarks() {
  let marks = 0;
  let depth = 0;
  let digits = 0;
  let inString = false;
  let isEscaped = false;
  const inText = (byte: number) => {
    if (isEscaped) isEscaped = false;
    else if (byte === BACKSLASH) isEscaped = true;
    else if (byte === QUOTE) inString = false;
  };
  const outside = (byte: number) => {
    digits = byte >= 48 && byte <= 57 ? digits + 1 : 0;
    if (digits > MOST_DIGITS) throw new TooLarge(`a number of more than ${MOST_DIGITS} digits`);
    if (byte === QUOTE) inString = true;
    else if (byte === COMMA) marks += 1;
    else if (byte === OPEN_LIST || byte === OPEN_MAP) {
      marks += 1;
      depth += 1;
      if (depth > MOST_DEPTH) throw new TooLarge(`more than ${MOST_DEPTH} levels`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_MAP) depth -= 1;
  };
  return {
    take(bytes: Uint8Array) {
      for (const byte of bytes) {
        if (inString) inText(byte);
        else outside(byte);
      }
    },
    count: () => marks,
  };
}

function sayBytes(bytes: number): string {
  return bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : `${bytes / 1000} kB`;
}
