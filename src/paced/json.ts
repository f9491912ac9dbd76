import { createPace } from './pace.ts';

/** Bytes and structural characters up to which `JSON.parse` takes less than some 30 ms, whatever they say. */
const SMALL = { bytes: 2_000_000, marks: 100_000 };
/** Neither an engine nor a registry nests deeper; a parser pays for each level. */
const MOST_DEPTH = 200;
/** Digits of the longest number; the text of a number is converted at once. */
const MOST_DIGITS = 400;
const PIECE = 4096;

/** What was sent is over a cap. The message names the cap. */
export class TooLarge extends Error {}

/** A whole body of at most `most` bytes; throws `TooLarge` and stops reading when there is more. */
export async function readBytes(chunks: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > most) throw new TooLarge(`more than ${sayBytes(most)}`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
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
  return Buffer.concat(parts).subarray(0, most).toString('utf8');
}

/** Parses JSON without keeping the event loop. Throws a `SyntaxError`, or `TooLarge` for what no honest sender nests. */
export async function parseJson(bytes: Buffer): Promise<unknown> {
  const marks = await countMarks(bytes);
  if (bytes.length <= SMALL.bytes && marks <= SMALL.marks) return JSON.parse(bytes.toString('utf8'));
  const { JSONParser } = await import('@streamparser/json');
  const pace = createPace();
  // Without `paths` every value would be handed over; `$` is the whole.
  const parser = new JSONParser({ paths: ['$'], keepStack: false });
  let whole: unknown;
  let isWhole = false;
  parser.onValue = ({ value }) => {
    whole = value;
    isWhole = true;
  };
  for (let at = 0; at < bytes.length; at += PIECE) {
    parser.write(bytes.subarray(at, at + PIECE));
    await pace();
  }
  if (!isWhole) throw new SyntaxError('The JSON ends too early.');
  return whole;
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [34, 92, 44, 91, 93, 123, 125];

/** Structural characters outside of strings; refuses depth and digits that would make a parser slow. */
async function countMarks(bytes: Buffer): Promise<number> {
  const pace = createPace();
  let marks = 0;
  let depth = 0;
  let digits = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (at % 65_536 === 0) await pace();
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
      continue;
    }
    digits = byte >= 48 && byte <= 57 ? digits + 1 : 0;
    if (digits > MOST_DIGITS) throw new TooLarge(`a number of more than ${MOST_DIGITS} digits`);
    if (byte === QUOTE) inString = true;
    else if (byte === COMMA) marks += 1;
    else if (byte === OPEN_LIST || byte === OPEN_MAP) {
      marks += 1;
      depth += 1;
      if (depth > MOST_DEPTH) throw new TooLarge(`more than ${MOST_DEPTH} levels`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_MAP) depth -= 1;
  }
  return marks;
}

function sayBytes(bytes: number): string {
  return bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : `${bytes / 1000} kB`;
}
