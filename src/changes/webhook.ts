import { createHmac } from 'node:crypto';
import type { ReceiverOf } from '../config.ts';
import { payloadOf } from './payload.ts';
import type { CreateReceiver } from './receiver.ts';

/**
 * A webhook by the Standard Webhooks specification 1.0: `webhook-id` is the event's, `webhook-timestamp` the attempt's in
 * Unix seconds, `webhook-signature` an HMAC-SHA256 over both and the body. `now` is a clock of Unix milliseconds.
 */
export function webhook(now: () => number): CreateReceiver<ReceiverOf<'webhook'>> {
  return ({ url, secret }, call) => ({
    async send(event, signal) {
      const body = JSON.stringify(payloadOf(event));
      const timestamp = String(Math.floor(now() / 1000));
      const signature = secret === undefined ? {} : { 'webhook-signature': sign(secret, [event.id, timestamp, body]) };
      const headers = { 'webhook-id': event.id, 'webhook-timestamp': timestamp, ...signature };
      await call({ method: 'POST', url: new URL(url), headers, body, signal });
    },
    async check(signal) {
      // Its own path may do something at any request.
      await call({ method: 'HEAD', url: new URL('/', url), signal });
      return 'reachable';
    },
  });
}

function sign(secret: string, parts: readonly string[]): string {
  const key = Buffer.from(secret.replace(/^whsec_/u, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(parts.join('.')).digest('base64')}`;
}
