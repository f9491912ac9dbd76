import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Deployment } from '../../src/store/deployment.ts';
import { createSilence } from '../../src/worker/deployments/silence.ts';
import { beginnings, freshStore } from '../store/fixture.ts';

const fixture = freshStore();
const { started, claimed, deployments } = beginnings(fixture);

const LEASE_MS = 15_000;

/** A watcher with a clock of its own, of which the deployment says whatever heartbeat it is told. */
async function watcher() {
  await started('D1');
  await claimed();
  const found = (await deployments().get('D1')) as Deployment;
  let now = 0;
  const silence = createSilence(() => now);
  return (ms: number, heartbeatAt: number, attempt = 1): number => {
    now += ms;
    return silence([{ ...found, heartbeatAt, attempt }]).get('D1') as number;
  };
}

it('counts from its own first look, whatever time a heartbeat says', async () => {
  const look = await watcher();
  expect(look(0, 1)).toBe(0);
  expect(look(2000, 1)).toBe(2000);
  expect(look(2000, 1)).toBe(4000);
  expect(look(2000, 2)).toBe(0);
  expect(look(2000, 2)).toBe(2000);
  // Another claim is another owner.
  expect(look(2000, 2, 2)).toBe(0);
});

it('counts little of a time in which this process stood still itself', async () => {
  const look = await watcher();
  look(0, 1);
  expect(look(3_600_000, 1)).toBeLessThan(LEASE_MS);
});

it('a living owner is never silent for long, a dead one always in the end, whatever the clocks are set to', async () => {
  const look = await watcher();
  const clock = fc.integer({ min: -10_000_000, max: 10_000_000 });
  fc.assert(
    fc.property(fc.array(clock, { minLength: 20, maxLength: 60 }), clock, (offsets, last) => {
      let beats = 1_000_000_000;
      offsets.forEach((offset, index) => {
        // A heartbeat each three seconds, a look each two: the wall clock has run on, and was set by so much.
        if (index % 2 === 0) beats += 3000;
        expect(look(2000, beats + offset)).toBeLessThan(6000);
      });
      look(2000, last);
      for (let looks = 0; looks < 8; looks += 1) look(2000, last);
      expect(look(2000, last)).toBeGreaterThanOrEqual(LEASE_MS);
    }),
  );
});
