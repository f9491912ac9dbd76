import type { Headers } from 'undici';
import { z } from 'zod';
import { parseJson, readBytes, TooLarge } from '../../paced/json.ts';
import type { Asked } from '../calls.ts';
import { EMPTY } from '../empty.ts';
import { errorFromAnswer, errorFromFailure, RegistryError } from '../errors.ts';

/** Bytes of one answer: a registry that pays no heed to `n` gives all its tags at once, 130 bytes each at most. */
const MOST_ANSWER = 4_000_000;

export interface JsonCall {
  readonly url: URL;
  readonly signal: AbortSignal;
  /** Bytes; 4 MB by default. */
  readonly most?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JsonAnswer<T> {
  readonly body: T;
  readonly headers: Headers;
  /** Where the answer came from: a mirror's address for a page of a mirror. */
  readonly from: URL;
}

/** Asks for JSON of a shape. Rejects with a `RegistryError` for any other answer, and for one that is too large. */
export async function askJson<S extends z.ZodType>(
  asked: Asked,
  shape: S,
  { url, signal, headers, most = MOST_ANSWER }: JsonCall,
): Promise<JsonAnswer<z.infer<S>>> {
  const response = await asked.ask({ method: 'GET', url, signal, accept: 'application/json', headers });
  if (!response.ok) throw await errorFromAnswer(asked.registry, response);
  const { registry } = asked;
  const wrong = (said: string) => new RegistryError(registry, 'invalid_answer', { status: response.status, said });
  try {
    return {
      body: shape.parse(await parseJson(await readBytes(response.body ?? EMPTY, most))),
      headers: response.headers,
      from: new URL(response.url),
    };
  } catch (error) {
    if (error instanceof TooLarge) throw wrong(error.message);
    if (error instanceof SyntaxError) throw wrong('not JSON');
    if (error instanceof z.ZodError) throw wrong(`not what ${url.pathname.slice(0, 80)} should give`);
    throw errorFromFailure(registry, error, signal);
  }
}
