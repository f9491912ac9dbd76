import { once } from 'node:events';
import { expect, it } from 'vitest';
import { createLive } from '../../src/handlers/live.ts';
import { createLog } from '../../src/telemetry.ts';
import { freshStore } from '../store/fixture.ts';

const fixture = freshStore();
const never = new AbortController().signal;
const log = createLog('silent');
const liveOf = (owner: string, store = fixture.store) =>
  createLive({ store, owner, log, now: () => 0, hasEnded: (one) => one === 'DEAD' });

it('what one process carries out is stopped through another, within two seconds and without a hint', async () => {
  const [here, there] = [liveOf('A'), liveOf('B', fixture.other)];
  const request = await here.start({ id: 'R1', person: 'ann', until: 1000 }, never);
  const since = performance.now();
  expect(await there.count('ann')).toBe(1);
  expect(await there.stop('R1', 'bob')).toBe('not_yours');
  expect(request.signal.aborted).toBe(false);
  expect(await there.stop('R1', 'ann')).toBe('stopped');
  await once(request.signal, 'abort');

  expect(performance.now() - since).toBeLessThan(2000);
  expect(request.stoppedBy()).toBe('ann');
  await request.end();
  expect(await there.stop('R1', 'ann')).toBe('unknown');
});

it('a hint ends it at once', async () => {
  const [here, there] = [liveOf('A'), liveOf('B')];
  const request = await here.start({ id: 'R1', person: 'ann', until: 1000 }, never);
  const since = performance.now();
  await there.stop('R1', 'ann');
  if (!request.signal.aborted) await once(request.signal, 'abort');

  expect(performance.now() - since).toBeLessThan(500);
  await request.end();
});

it('what ends or is aborted by its own process is forgotten', async () => {
  const live = liveOf('A');
  const shutdown = new AbortController();
  const request = await live.start({ id: 'R1', person: 'ann', until: 1000 }, shutdown.signal);
  shutdown.abort();
  expect(request.signal.aborted).toBe(true);
  expect(request.stoppedBy()).toBeUndefined();
  await request.end();
  expect(await live.count('ann')).toBe(0);
});

it('what a process that has ended carried out is said to have ended, to its own person', async () => {
  await liveOf('DEAD').start({ id: 'R1', person: 'ann', until: 1000 }, never);

  expect(await liveOf('A').stop('R1', 'bob')).toBe('not_yours');
  expect(await liveOf('A').stop('R1', 'ann')).toBe('ended');
});
