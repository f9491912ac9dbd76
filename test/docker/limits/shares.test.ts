import { describe, expect, it } from 'vitest';
import { gate, make } from './small-limits.ts';

describe('a person', () => {
  const SHARE = { perHost: 4, overall: 50, waiting: 3, perPerson: { onHost: 2, overall: 5 } };

  it('has a share of a host, and others are not delayed', async () => {
    const limits = make(SHARE);
    const gates = [gate(), gate(), gate(), gate()];
    const order: string[] = [];
    const held = gates.map(({ work }, index) =>
      limits.onHost('a', work, { person: 'ann', lane: 'slow' }).then(() => order.push(`ann ${index}`)),
    );
    await Promise.all([gates[0]?.begun, gates[1]?.begun]);

    await limits.onHost('a', async () => order.push('bob'), { person: 'bob', lane: 'slow' });
    await limits.onHost('a', async () => order.push('list'), { person: 'ann' });
    await limits.onHost('b', async () => order.push('elsewhere'), { person: 'ann', lane: 'slow' });
    await limits.onHost('a', async () => order.push('rollout'), { lane: 'rollout' });
    expect(order).toEqual(['bob', 'list', 'elsewhere', 'rollout']);

    for (const { open } of gates) open();
    await Promise.all(held);
    expect(order.slice(4)).toEqual(['ann 0', 'ann 1', 'ann 2', 'ann 3']);
  });

  it('has one of the two places for exports, so that two that stall leave the other to others', async () => {
    const limits = make(SHARE);
    const gates = [gate(), gate()];
    const held = gates.map(({ work }, index) =>
      limits.onHost(`host-${index}`, work, { person: 'ann', lane: 'export' }),
    );
    await gates[0]?.begun;

    await limits.onHost('host-2', async () => {}, { person: 'bob', lane: 'export' });

    for (const { open } of gates) open();
    await Promise.all(held);
  });

  it('has a share of all hosts together', async () => {
    const limits = make(SHARE);
    const gates = Array.from({ length: 8 }, gate);
    let now = 0;
    let most = 0;
    const held = gates.map(({ work }, index) =>
      limits.onHost(
        `host-${index}`,
        async () => {
          now += 1;
          most = Math.max(most, now);
          await work();
          now -= 1;
        },
        { person: 'ann' },
      ),
    );
    await Promise.all(gates.slice(0, 5).map(({ begun }) => begun));

    await limits.onHost('host-7', async () => {}, { person: 'bob' });
    for (const { open } of gates) open();
    await Promise.all(held);

    expect(most).toBe(5);
  });

  it('is refused when too many of their own calls wait, and an aborted call leaves the queue', async () => {
    const limits = make(SHARE);
    const gates = [gate(), gate()];
    const held = gates.map(({ work }) => limits.onHost('a', work, { person: 'ann' }));
    await Promise.all(gates.map(({ begun }) => begun));
    const stop = new AbortController();
    const stopped = limits.onHost('a', async () => {}, { person: 'ann', signal: stop.signal });
    const waiting = [1, 2].map(() => limits.onHost('a', async () => 'done', { person: 'ann' }));

    await expect(limits.onHost('a', async () => {}, { person: 'ann' })).rejects.toMatchObject({
      reason: 'busy',
      message: expect.stringMatching(/\b2\b.* a\b.*\b3\b/u),
    });
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ fault: 'aborted' });
    for (const { open } of gates) open();

    expect(await Promise.all(waiting)).toEqual(['done', 'done']);
    await Promise.all(held);
    expect(await limits.onHost('a', async () => 'free', { person: 'ann' })).toBe('free');
  });
});
