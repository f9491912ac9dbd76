import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import { createPace } from '../paced/pace.ts';

/** A value out of a JSON document and the keys that lead to it. */
export interface JsonElement {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

export class JsonTooLarge extends Error {}

/** Bytes of a whole document, and from one element to the next, which is what is held at a time. */
const MOST_BYTES = 400_000_000;
const MOST_ELEMENT = 4_000_000;
const MOST_DEPTH = 64;
const PIECE = 16_384;

/**
 * Reads a JSON document as it comes and hands over the values at `paths` (`$.Results.*.Class`), each as soon as it is whole;
 * everything else is dropped at once. Memory is that of the largest element. Rejects with a `JsonTooLarge`, with what
 * `each` throws, or with a syntax error, also when the document ends too early.
 */
export async function readElements(
  body: AsyncIterable<Uint8Array>,
  paths: readonly string[],
  each: (element: JsonElement) => void,
): Promise<void> {
  const tokenizer = new Tokenizer();
  const parser = new TokenParser({ paths: [...paths], keepStack: false });
  let depth = 0;
  let since = 0;
  let isEnded = false;
  let fault: unknown;
  tokenizer.onToken = (token) => {
    if (token.token === TokenType.LEFT_BRACE || token.token === TokenType.LEFT_BRACKET) depth += 1;
    else if (token.token === TokenType.RIGHT_BRACE || token.token === TokenType.RIGHT_BRACKET) depth -= 1;
    if (depth > MOST_DEPTH) throw new JsonTooLarge(`more than ${MOST_DEPTH} levels`);
    parser.write(token);
  };
  const fail = (error: unknown) => {
    fault ??= error;
  };
  tokenizer.onError = fail;
  parser.onError = fail;
  parser.onEnd = () => {
    isEnded = true;
  };
  parser.onValue = ({ value, key, stack }) => {
    since = 0;
    const keys = [...stack.slice(1).map((item) => item.key), key];
    each({ path: keys.map((one) => one ?? ''), value });
  };
  const pace = createPace();
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new JsonTooLarge(`more than ${MOST_BYTES / 1e6} MB`);
    for (let at = 0; at < chunk.length; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE);
      since += piece.length;
      if (since > MOST_ELEMENT + PIECE) throw new JsonTooLarge(`one part of it is more than ${MOST_ELEMENT / 1e6} MB`);
      // What follows the document is white space, and what is none is an error of the tokenizer.
      if (!isEnded || !isBlank(piece)) tokenizer.write(piece);
      if (fault !== undefined) throw fault;
      await pace();
    }
  }
  if (!isEnded) throw new SyntaxError('The JSON ends too early.');
}

const isBlank = (piece: Uint8Array) => piece.every((byte) => byte === 32 || (byte >= 9 && byte <= 13));
