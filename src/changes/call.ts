import { Agent, fetch, type Headers, type Response } from 'undici';
import { messageOf } from '../domain/errors.ts';
import { retryAfterMs } from '../domain/retry-after.ts';
import { parseJson, readBytes, readStart, TooLarge } from '../paced/json.ts';
import { lookupHost } from '../paced/lookup.ts';
import { cutBetweenWords } from '../text/cut.ts';
import { TRICKS } from '../text/invisible.ts';
import { DeliveryFailure } from './failure.ts';

/** One request to a receiver. */
export interface ReceiverCall {
  readonly method: 'GET' | 'HEAD' | 'PATCH' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** A JSON document as text. */
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Sends a request; resolves to the JSON of its answer. Rejects with a `DeliveryFailure`. Follows no redirect. */
export type CallReceiver = (call: ReceiverCall) => Promise<unknown>;

/** From the call to the last byte of the answer. */
const CALL_MS = 10_000;
/** A page of GitHub's list of 100 deployments has some 400 kB. */
const MOST_ANSWER = 2_000_000;
const MOST_SAID = 300;
/** What is worth another attempt, of the answers between 400 and 499. */
const AGAIN: readonly number[] = [408, 425, 429];

/** Connections to receivers: the config names them, so private addresses are allowed. */
export function createCall(): CallReceiver {
  const dispatcher = new Agent({ connect: { timeout: 5000, lookup: lookupHost }, maxRequestsPerClient: 1000 });
  return async ({ method, url, headers, body, signal }) => {
    const both = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
    const all = {
      'user-agent': 'fairlead',
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const init = { method, headers: all, redirect: 'manual', signal: both, dispatcher } as const;
    try {
      const response = await fetch(url, body === undefined ? init : { ...init, body });
      if (response.ok || method === 'HEAD') return await answerOf(response);
      throw await refusal(response, url);
    } catch (error) {
      throw error instanceof DeliveryFailure ? error : unanswered(error, url);
    }
  };
}

async function answerOf({ body }: Response): Promise<unknown> {
  if (!body) return undefined;
  const bytes = await readBytes(body, MOST_ANSWER);
  // A receiver of webhooks may answer anything; the APIs look at what they get.
  return parseJson(bytes).catch(() => undefined);
}

async function refusal(response: Response, url: URL): Promise<DeliveryFailure> {
  const { status, headers, body } = response;
  if (status >= 300 && status < 400) {
    await body?.cancel();
    const to = URL.parse(headers.get('location') ?? '', url.href)?.origin ?? 'nowhere';
    return new DeliveryFailure(`${url.host} redirects to ${to} (${status}), which is not followed`, {
      mayRetry: false,
    });
  }
  const text = body ? await readStart(body, 2000).catch(() => '') : '';
  const said = cutBetweenWords(text.replace(TRICKS, ' ').replace(/\s+/gu, ' ').trim(), MOST_SAID);
  return new DeliveryFailure(`${url.host} answered ${status}${said === '' ? '' : `: ${said}`}`, {
    mayRetry: status >= 500 || AGAIN.includes(status) || isLimited(status, headers),
    retryAfterMs: retryAfterMs(headers),
  });
}

/** GitHub answers 403 to too many requests, with one of these headers. */
function isLimited(status: number, headers: Headers): boolean {
  return status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0');
}

function unanswered(error: unknown, url: URL): DeliveryFailure {
  const { name, cause } = error as { readonly name?: string; readonly cause?: unknown };
  if (error instanceof TooLarge || cause instanceof TooLarge)
    return new DeliveryFailure(`${url.host} answered with ${messageOf(cause ?? error)}`, { mayRetry: false });
  const why =
    name === 'TimeoutError' ? `no answer within ${CALL_MS / 1000} s` : cutBetweenWords(messageOf(cause ?? error), 200);
  return new DeliveryFailure(`${url.host} was not reached: ${why}`, { mayRetry: true, cause: error });
}
