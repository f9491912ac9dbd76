import type { RespondFn } from '@slack/bolt';

const RESPOND_MS = 10_000;

/**
 * Answers at the address that came with a click, once a form has taken its place: Bolt only answers at that of the payload
 * itself. The address went through Slack in the form, and comes back in a request that Slack signed. Rejects when Slack
 * refuses, or does not answer within 10 s.
 */
export function respondAt(url: string): RespondFn {
  return async (message) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(typeof message === 'string' ? { text: message } : message),
      redirect: 'error',
      signal: AbortSignal.timeout(RESPOND_MS),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`Slack answered ${response.status}`);
    return response;
  };
}
