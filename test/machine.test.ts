import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { momentIn, msBetween } from '../src/machine.ts';

/** As the next process reads it from the journal. */
const journalled = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it.each([[-3_600_000], [3_600_000]])('a moment is as far off after the clock was set by %d ms', async (offset) => {
  const deadline = momentIn(60_000);
  const real = Date.now();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(real + offset);
  onTestFinished(() => clock.mockRestore());
  await sleep(5);

  const left = msBetween(momentIn(0), journalled(deadline));

  expect(left).toBeLessThan(60_000);
  expect(left).toBeGreaterThan(50_000);
});

it.each([[undefined], [null], [1_795_000_000_000], [{ boot: 'another', ms: 5 }], [{ ...momentIn(5), ms: 'soon' }]])(
  'one of another start of the machine, or of an older Fairlead, says nothing: %j',
  (deadline) => {
    expect(msBetween(momentIn(0), deadline)).toBeUndefined();
    expect(msBetween(deadline, momentIn(0))).toBeUndefined();
  },
);
