import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { gate, make } from './small-limits.ts';

describe('a host', () => {
  it('limits concurrent calls per host and for all hosts', async () => {
    const limits = make({ waiting: 50 });
    let now = 0;
    let most = 0;
    const on = new Map<string, number>();
    let mostOnOne = 0;
    const work = (host: string) => async () => {
      now += 1;
      on.set(host, (on.get(host) ?? 0) + 1);
      most = Math.max(most, now);
      mostOnOne = Math.max(mostOnOne, on.get(host) ?? 0);
      await sleep(40);
      now -= 1;
      on.set(host, (on.get(host) ?? 0) - 1);
    };

    await Promise.all(
      ['a', 'b', 'c'].flatMap((host) => Array.from({ length: 6 }, () => limits.onHost(host, work(host)))),
    );

    expect(most).toBe(3);
    expect(mostOnOne).toBeLessThanOrEqual(2);

    mostOnOne = 0;
    await Promise.all(Array.from({ length: 6 }, () => limits.onHost('d', work('d'))));
    expect(mostOnOne).toBe(2);
  });

  it('with room delays a call by two timers of 1 ms at most', async () => {
    const limits = make();
    await limits.onHost('a', async () => undefined);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());

    await limits.onHost('a', async () => undefined);

    expect(timers.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('rejects the newest call when too many wait, and says how many', async () => {
    const limits = make();
    const gates = [gate(), gate(), gate(), gate()];
    const running = gates.map(({ work }) => limits.onHost('a', work));
    await Promise.all([gates[0]?.begun, gates[1]?.begun]);

    const refused = limits.onHost('a', async () => 'never');

    await expect(refused).rejects.toMatchObject({ reason: 'busy', message: expect.stringMatching(/^a .*\b2\b/u) });
    await expect(limits.onHost('b', async () => 'free')).resolves.toBe('free');
    for (const { open } of gates) open();
    await Promise.all(running);
  });

  it('does not make a list wait for slow calls', async () => {
    const limits = make();
    const gates = [gate(), gate(), gate()];
    const pulls = gates.map(({ work }) => limits.onHost('a', work, { lane: 'slow' }));

    await expect(limits.onHost('a', async () => 'list')).resolves.toBe('list');

    for (const { open } of gates) open();
    await Promise.all(pulls);
  });

  it('runs urgent calls first', async () => {
    const limits = make({ perHost: 1 });
    const first = gate();
    const order: number[] = [];
    const running = limits.onHost('a', first.work);
    await first.begun;
    const later = [9, 0].map((priority) => limits.onHost('a', async () => void order.push(priority), { priority }));

    // Bottleneck queues what it is given a few turns later.
    await sleep(10);
    first.open();
    await Promise.all([running, ...later]);

    expect(order).toEqual([0, 9]);
  });

  it('runs each call in the async context of its caller', async () => {
    const limits = make({ perHost: 1, waiting: 10 });
    const person = new AsyncLocalStorage<string>();
    const ask = (name: string) => person.run(name, () => limits.onHost('a', async () => person.getStore()));

    expect(await Promise.all(['ann', 'bob', 'cem'].map(ask))).toEqual(['ann', 'bob', 'cem']);
  });

  it('never runs a call that was aborted while it waited, and rejects it at once', async () => {
    const limits = make({ perHost: 1 });
    const first = gate();
    const stop = new AbortController();
    let ran = false;
    const running = limits.onHost('a', first.work);
    await first.begun;
    const waiting = limits.onHost(
      'a',
      async () => {
        ran = true;
      },
      { signal: stop.signal },
    );

    stop.abort();

    await expect(waiting).rejects.toMatchObject({ fault: 'aborted' });
    first.open();
    await running;
    await limits.onHost('a', async () => {});
    expect(ran).toBe(false);
  });

  it('keeps the place of an aborted call until it has ended', async () => {
    const limits = make({ perHost: 1 });
    const first = gate();
    const stop = new AbortController();
    const running = limits.onHost('a', first.work, { signal: stop.signal });
    await first.begun;
    const order: string[] = [];
    const next = limits.onHost('a', async () => void order.push('next'));

    stop.abort();
    await sleep(20);
    order.push('ended');
    first.open();
    await Promise.all([running, next]);

    expect(order).toEqual(['ended', 'next']);
  });

  it('passes errors of the work through, thrown early or late', async () => {
    const limits = make();
    const early = () => {
      throw new TypeError('early');
    };

    await expect(limits.onHost('a', early)).rejects.toThrow(new TypeError('early'));
    await expect(limits.onHost('a', () => Promise.reject(new TypeError('late')))).rejects.toThrow(
      new TypeError('late'),
    );
  });
});

describe('draining', () => {
  it('waits for running and waiting calls, and rejects new ones', async () => {
    const limits = make({ perHost: 1 });
    const first = gate();
    const running = limits.onHost('a', first.work);
    const waiting = limits.onHost('a', async () => 'done');
    await first.begun;
    let isDrained = false;

    const draining = limits.drain(5000).then(() => {
      isDrained = true;
    });
    await expect(limits.onHost('a', async () => {})).rejects.toMatchObject({ reason: 'stopped' });
    expect(isDrained).toBe(false);
    first.open();

    await Promise.all([running, draining, limits.drain(1)]);
    await expect(waiting).resolves.toBe('done');
  });

  it('aborts what is left at the deadline', async () => {
    const limits = make({ perHost: 1 });
    const told = Promise.withResolvers<void>();
    const stuck = limits.onHost('a', (signal) => {
      signal.addEventListener('abort', () => told.resolve());
      return told.promise;
    });
    const waiting = limits.onHost('a', async () => 'never');
    const asserted = expect(waiting).rejects.toMatchObject({ fault: 'aborted' });

    await limits.drain(30);

    await Promise.all([stuck, asserted]);
  });
});
