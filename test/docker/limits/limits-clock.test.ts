import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { gate, make } from './small-limits.ts';

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
