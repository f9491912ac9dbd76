import { ErrorCode, type WebAPICallResult, WebClient, type WebClientOptions } from '@slack/web-api';
import { type Observer, UNOBSERVED } from '../../observe.ts';
import { createLivePace, type LivePace } from '../reply/live-pace.ts';
import { createLanes, type Lane, type Lanes } from './lanes.ts';

/** The Web API of one workspace, through limits that all of its clients share. */
export interface SlackApi {
  /** Sends what cannot be left out: cards, answers, forms, notes. Waits for a held lane up to a minute. */
  readonly client: WebClient;
  /** Sends what newer text replaces soon: a call that Slack would refuse is rejected at once. */
  readonly live: WebClient;
  readonly pace: LivePace;
}

export function createSlackApi(token: string, options: WebClientOptions, observer: Observer = UNOBSERVED): SlackApi {
  const lanes = createLanes();
  const pace = createLivePace(lanes);
  const sent = (method: string) => {
    if (method === 'chat.update') pace.count();
  };
  return {
    client: new LanedClient(token, options, { lanes, sent, patienceMs, observer }),
    live: new LanedClient(
      token,
      { ...options, retryConfig: { retries: 0 } },
      {
        lanes,
        sent,
        patienceMs: () => 0,
        observer,
      },
    ),
    pace,
  };
}

/** What is read has a reader who waits; what is written may arrive late. A trigger does not live long enough to wait. */
function patienceMs(method: string): number {
  if (method === 'views.open' || method === 'views.push') return 0;
  return /^(?:chat|files|views)\./u.test(method) ? 60_000 : 1500;
}

interface Laning {
  readonly lanes: Lanes;
  sent(method: string): void;
  patienceMs(method: string): number;
  readonly observer: Observer;
}

/** A client whose 429 holds back only calls of the same method, for `chat.*` in the same channel. */
class LanedClient extends WebClient {
  readonly #laning: Laning;

  constructor(token: string, options: WebClientOptions, laning: Laning) {
    super(token, { ...options, rejectRateLimitedCalls: true });
    this.#laning = laning;
  }

  override async apiCall(method: string, options: Record<string, unknown> = {}): Promise<WebAPICallResult> {
    const { lanes, sent, patienceMs, observer } = this.#laning;
    const lane: Lane = { method, channel: String(options['channel'] ?? '') };
    const giveUpAt = performance.now() + patienceMs(method);
    for (;;) {
      await lanes.enter(lane, giveUpAt - performance.now());
      sent(method);
      try {
        const result = await observeMethod(observer, method, () => super.apiCall(method, options));
        lanes.answered(lane);
        return result;
      } catch (error) {
        const seconds = retryAfter(error);
        if (seconds === undefined) {
          lanes.answered(lane);
          throw error;
        }
        lanes.refused(lane, seconds * 1000);
        observer.tell({ kind: 'ratelimited', ms: seconds * 1000 });
      }
    }
  }
}

/** Slack's own codes are many, and new ones come: what a call came to is `ok`, `ratelimited` or `error`. */
function observeMethod<T>(observer: Observer, method: string, call: () => Promise<T>): Promise<T> {
  return observer.during({ kind: 'slack', method }, async (note) => {
    try {
      return await call();
    } catch (error) {
      note({ result: retryAfter(error) === undefined ? 'error' : 'ratelimited' });
      throw error;
    }
  });
}

/** The seconds Slack asked for, in a 429 or in an answer that names the same error; undefined for other errors. */
function retryAfter(error: unknown): number | undefined {
  const { code, retryAfter: seconds, data } = error as Refusal;
  if (code === ErrorCode.RateLimitedError) return seconds ?? 1;
  return data?.error === 'ratelimited' || data?.error === 'rate_limited'
    ? (data.response_metadata?.retryAfter ?? 1)
    : undefined;
}

interface Refusal {
  readonly code?: string;
  readonly retryAfter?: number;
  readonly data?: { readonly error?: string; readonly response_metadata?: { readonly retryAfter?: number } };
}
