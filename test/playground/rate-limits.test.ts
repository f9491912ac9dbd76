import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../playground/server/index.ts';
import { bare, codeOf, DEV, STAGING } from './app.ts';

describe('rate limits', () => {
  it('lets a burst of posts through in each channel, then one a second', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const post = (channel = STAGING) => codeOf(it.client.chat.postMessage({ channel, text: 'x' }));
    for (let count = 0; count < 5; count += 1) expect(await post()).toBe('ok');
    const limited = await it.client.chat.postMessage({ channel: STAGING, text: 'x' }).catch((error: unknown) => error);
    expect(limited).toMatchObject({ retryAfter: 1 });
    expect(await post('C0PROD')).toBe('ok');
    clock.advance(1000);
    expect(await post()).toBe('ok');
    expect(await post()).not.toBe('ok');
    expect(it.slack.requests.filter((one) => one.status === 429)).toHaveLength(2);
  });

  it.each([
    ['usergroups.users.list', 20, { usergroup: 'S0ONCALL' }],
    ['chat.update', 50, { channel: STAGING, ts: '1.1', text: 'x' }],
    ['chat.postEphemeral', 100, { channel: STAGING, user: DEV, text: 'x' }],
  ])('%s: %i a minute', async (method, most, body) => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const call = () =>
      fetch(`${it.slack.apiUrl}${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${it.slack.tokens.bot}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const statuses: number[] = [];
    for (let count = 0; count < most; count += 1) statuses.push((await call()).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    clock.advance(59_000);
    const limited = await call();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await limited.json()).toEqual({ ok: false, error: 'ratelimited' });
    clock.advance(1000);
    expect((await call()).status).toBe(200);
  });

  it('can be switched off', async () => {
    await using it = await bare({ rateLimits: false });
    for (let count = 0; count < 30; count += 1) await it.client.chat.postMessage({ channel: STAGING, text: 'x' });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toHaveLength(30);
  });
});
