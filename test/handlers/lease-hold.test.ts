import { expect, it, onTestFinished, vi } from 'vitest';
import { openHosts } from '../../src/docker/limits/hosts.ts';
import { createLimits } from '../../src/docker/limits/limits.ts';
import { LeaseLost } from '../../src/store/lease.ts';
import { createLog } from '../../src/telemetry.ts';
import { holdLease, Unheard } from '../../src/worker/deployments/lease-hold.ts';
import { countingEngine } from '../replicas/engine.ts';
import { beginnings, freshStore } from '../store/fixture.ts';

const fixture = freshStore();
const { started, claimed, deployments } = beginnings(fixture);

/** The hold of a process whose machine's clock is told how far it went on. */
async function held() {
  await started('D1');
  const lease = await claimed();
  let sinceBoot = 1000;
  const lost: LeaseLost[] = [];
  const deps = { store: fixture.store, log: createLog('silent'), now: () => 200 };
  const hold = holdLease(
    lease,
    deps,
    (error) => lost.push(error),
    () => sinceBoot,
  );
  onTestFinished(() => hold.end());
  return {
    hold,
    lease,
    lost,
    standStill: (ms: number) => {
      sinceBoot += ms;
    },
    async takenOver() {
      await deployments().releaseSilent(lease, (await deployments().get('D1'))?.heartbeatAt ?? 0);
      await claimed('P2');
    },
  };
}

it('a lease that another took is relied on until the process knows that it stood still', async () => {
  const { hold, lost, standStill, takenOver } = await held();
  await takenOver();
  await hold.assertHeld();

  standStill(5001);
  await expect(hold.assertHeld()).rejects.toThrow(LeaseLost);
  expect(lost).toHaveLength(1);
  // Asked again, it is no longer held either.
  await expect(hold.assertHeld()).rejects.toThrow(LeaseLost);
});

it('a process that stood still goes on with a lease that nobody took, and asks the store once', async () => {
  const { hold, standStill } = await held();
  standStill(90_000);
  await hold.assertHeld();
  expect((await deployments().get('D1'))?.heartbeatAt).toBe(200);
  await fixture.store.close();
  await hold.assertHeld();
  standStill(90_000);
  await expect(hold.assertHeld()).rejects.toThrow();
});

it('an engine is asked for no change without the lease, and still for what it has', async () => {
  const { hold, standStill, takenOver } = await held();
  await using real = await countingEngine(0);
  const hosts = openHosts(
    new Map([['web-1', { kind: 'unix', socketPath: real.socketPath }]]),
    createLimits({ perHost: 8, overall: 8, waiting: 8 }),
  );
  onTestFinished(() => hosts.close());
  const engine = hosts.engine('web-1', () => hold.assertHeld());
  await takenOver();
  standStill(90_000);

  await expect(engine.stopContainer('c1', 1)).rejects.toThrow(LeaseLost);
  await expect(engine.startContainer('c1')).rejects.toThrow(LeaseLost);
  await engine.listContainers({});
});

it('a write is waited for as long as heartbeats get through, and given up while the lease is still held', async () => {
  await started('D1');
  const lease = await claimed();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  let isHanging = false;
  const heartbeat = () => (isHanging ? new Promise<boolean>(() => {}) : Promise.resolve(true));
  const store = { ...fixture.store, deployments: { ...deployments(), heartbeat } };
  const hold = holdLease(
    lease,
    { store, log: createLog('silent'), now: () => 200 },
    () => {},
    () => 0,
  );
  onTestFinished(() => hold.end());
  let given: unknown;
  hold.whileHeard(new Promise(() => {})).catch((error: unknown) => {
    given = error;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(given).toBeUndefined();

  isHanging = true;
  await vi.advanceTimersByTimeAsync(9000);
  expect(given).toBeInstanceOf(Unheard);
  expect(hold.isOurs()).toBe(true);
  expect(await hold.whileHeard(Promise.resolve('stored'))).toBe('stored');
});
