import { sign } from '../../playground/server/http-delivery.ts';
import { httpApiEvent } from './events.ts';
import type { Functions } from './launch.ts';

/** Requests that tests make at once. */
const AT_ONCE = 2;

/**
 * Has as many fronts answer as tests ask at once. How long a cold start takes is measured by the benchmarks, and that it counts is tested
 * (`invoke.test.ts`); on a busy machine it takes most of Slack's three seconds, or more.
 */
export async function warmFront({ front }: Functions, signingSecret: string): Promise<void> {
  await Promise.all(Array.from({ length: AT_ONCE }, () => front.invoke(clickOnNothing(signingSecret))));
}

/** It loads what draws cards and forms, and changes nothing. */
export function clickOnNothing(signingSecret: string): object {
  const body = new URLSearchParams({ payload: JSON.stringify({ type: 'block_actions', actions: [] }) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(signingSecret, timestamp, body),
  };
  return httpApiEvent(headers, Buffer.from(body));
}
