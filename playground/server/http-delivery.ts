import { createHmac } from 'node:crypto';
import type { Clock } from './clock.ts';
import { ACK_MS, type Delivered, type Delivery, type Kind, type Retry } from './delivery.ts';

/**
 * Delivers by signed HTTP: commands and clicks as forms, events as JSON. The body of the answer is the acknowledgement.
 */
export function createHttpDelivery(url: string, signingSecret: string, clock: Clock): Delivery {
  return {
    async send(kind, payload, retry) {
      const body = bodyOf(kind, payload);
      const timestamp = String(Math.floor(clock.now() / 1000));
      const started = clock.now();
      const abort = new AbortController();
      const cancel = clock.after(ACK_MS, () => abort.abort());
      const done = (rest: Omit<Delivered, 'ackMs'>): Delivered => ({ ackMs: clock.now() - started, ...rest });
      try {
        const response = await fetch(url, {
          method: 'POST',
          body,
          signal: abort.signal,
          redirect: 'manual',
          headers: {
            'content-type': kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
            'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
            'x-slack-request-timestamp': timestamp,
            'x-slack-signature': sign(signingSecret, timestamp, body),
            ...retryHeaders(retry),
          },
        });
        const text = await response.text();
        if (response.status === 200) return done({ ok: true, response: read(text) });
        const noRetry = response.headers.get('x-slack-no-retry') === '1';
        return done({ ok: false, error: 'dispatch_failed', ...(noRetry ? { noRetry } : {}) });
      } catch {
        return done({ ok: false, error: abort.signal.aborted ? 'operation_timeout' : 'dispatch_failed' });
      } finally {
        cancel();
      }
    },
  };
}

export function sign(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function bodyOf(kind: Kind, payload: object): string {
  if (kind === 'events_api') return JSON.stringify(payload);
  if (kind === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return new URLSearchParams(payload as Record<string, string>).toString();
}

function retryHeaders(retry: Retry | undefined): Record<string, string> {
  return retry ? { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': retry.reason } : {};
}

function read(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { text };
  }
}
