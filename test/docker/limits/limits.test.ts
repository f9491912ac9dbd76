import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLimits, type LimitSettings } from '../../../src/docker/limits/limits.ts';

const SETTINGS: LimitSettings = { perHost: 2, overall: 3, waiting: 2, budget: { commands: 3, perMs: 200 } };
const make = (changes: Partial<LimitSettings> = {}) => createLimits({ ...SETTINGS, ...changes });

/** Work that ends when it is told to. */
function gate() {
  const open = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const work = async () => {
    begun.resolve();
    await open.promise;
  };
  return { open: open.resolve, begun: begun.promise, work };
}

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

describe('a budget', () => {
  it('is per person, rejects at once, and says how long to wait', async () => {
    const limits = make();
    for (let index = 0; index < 3; index += 1) expect(limits.spend('ann')).toEqual({ ok: true });

    const refused = limits.spend('ann');

    expect(limits.spend('bob')).toEqual({ ok: true });
    if (refused.ok) throw new Error('not refused');
    expect(refused.waitMs).toBeGreaterThan(0);
    expect(refused.waitMs).toBeLessThanOrEqual(200);
    await sleep(refused.waitMs + 5);
    expect(limits.spend('ann')).toEqual({ ok: true });
  });

  it('forgets only people who are idle', () => {
    const limits = make({ budget: { commands: 1, perMs: 60_000 } });
    for (let index = 0; index < 3000; index += 1) limits.spend(`person-${index}`);

    expect(limits.spend('person-0').ok).toBe(false);
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

describe('a changed wall clock', () => {
  /** Sets the wall clock by so many milliseconds from what it would be; the clock of durations goes on. */
  function wallClock() {
    const real = Date.now;
    let offset = 0;
    const spy = vi.spyOn(Date, 'now').mockImplementation(() => real() + offset);
    onTestFinished(() => spy.mockRestore());
    return (ms: number) => {
      offset = ms;
    };
  }
  const HOUR = 3_600_000;

  it.each([[-60_000], [-HOUR], [HOUR]])('by %d ms delays neither new nor waiting calls', async (offset) => {
    const set = wallClock();
    const limits = make({ waiting: 50 });
    const running = [gate(), gate()];
    const first = running.map(({ work }) => limits.onHost('a', work));
    await Promise.all(running.map(({ begun }) => begun));
    const waiting = limits.onHost('a', async () => 'waited', { lane: 'quick' });

    set(offset);
    const began = performance.now();
    for (const { open } of running) open();

    await expect(waiting).resolves.toBe('waited');
    await expect(limits.onHost('a', async () => 'next')).resolves.toBe('next');
    await expect(limits.onHost('new', async () => 'elsewhere')).resolves.toBe('elsewhere');
    await Promise.all(first);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('at any moment keeps the order of calls and the limits of hosts', async () => {
    const set = wallClock();
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            offset: fc.integer({ min: -48 * HOUR, max: 48 * HOUR }),
            host: fc.constantFrom('a', 'b', 'c'),
            lane: fc.constantFrom('quick' as const, 'slow' as const, 'rollout' as const, 'stop' as const),
            person: fc.constantFrom(undefined, 'U1', 'U2'),
          }),
          { minLength: 4, maxLength: 16 },
        ),
        async (calls) => {
          const limits = make({ perHost: 1, overall: 2, waiting: 50, perPerson: { onHost: 1, overall: 2 } });
          const under = new Map<string, number>();
          let most = 0;
          const began = performance.now();
          const answers = calls.map(({ offset, host, ...options }) => {
            const place = `${options.lane} ${host}`;
            set(offset);
            return limits.onHost(
              host,
              async () => {
                set(-offset);
                const now = (under.get(place) ?? 0) + 1;
                under.set(place, now);
                most = Math.max(most, now);
                await sleep(1);
                under.set(place, (under.get(place) ?? 0) - 1);
                return host;
              },
              options,
            );
          });
          expect(await Promise.all(answers)).toEqual(calls.map(({ host }) => host));
          await limits.drain(1000);
          expect(most).toBe(1);
          expect(performance.now() - began).toBeLessThan(3000);
        },
      ),
      { numRuns: 40, interruptAfterTimeLimit: 45_000, markInterruptAsFailure: true },
    );
  }, 60_000);
});
