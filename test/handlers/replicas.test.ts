import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Replica } from '../../src/store/replicas.ts';
import { createReplicaBeats } from '../../src/worker/replicas.ts';
import { freshStore } from '../store/fixture.ts';

const fixture = freshStore();
const HEARTBEAT_MS = 3000;
const signal = new AbortController().signal;
const warnings: string[] = [];
const log = {
  info() {},
  debug() {},
  error() {},
  warn: (facts: object, words: string) => void warnings.push(`${words} ${JSON.stringify(facts)}`),
};
/** On a machine of its own, so that only its heartbeats say that it lives. */
const replicaOf = (name: string, more: Partial<Replica> = {}): Replica => ({
  id: `${name}/1/01JD/boot`,
  role: 'both',
  version: '1.0.0',
  machine: name,
  config: 'same',
  startedAt: 1,
  ...more,
});
const beatsOf = (self: Replica) => createReplicaBeats({ self, store: fixture.store, log, now: Date.now });

beforeEach(() => {
  warnings.length = 0;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** So much time passes, with a look of `watcher` at each heartbeat: what it reads from the database takes real time. */
async function pass(ms: number, watcher: ReturnType<typeof beatsOf>): Promise<void> {
  for (let passed = 0; passed < ms; passed += HEARTBEAT_MS) {
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    await watcher.list(signal);
  }
}

describe('replicas', () => {
  it('see each other alive, and silent once heartbeats stop', async () => {
    const [a, b] = [beatsOf(replicaOf('a')), beatsOf(replicaOf('b', { startedAt: 2 }))];
    a.start();
    b.start();
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS * 2);
    const alive = await a.list(signal);
    expect(alive.map(({ machine, isAlive, isSelf }) => [machine, isAlive, isSelf])).toEqual([
      ['a', true, true],
      ['b', true, false],
    ]);

    // As by SIGKILL: its heartbeats stop, and its row stays.
    await fixture.store.ongoing.begin({ id: 'R1', person: 'ann', owner: replicaOf('b').id, until: 9e15 });
    await b.stop();
    await fixture.store.replicas.beat(replicaOf('b', { startedAt: 2 }), Date.now());
    await fixture.store.ongoing.begin({ id: 'R2', person: 'ann', owner: replicaOf('b').id, until: 9e15 });
    await pass(15_000 + HEARTBEAT_MS * 2, a);
    const [, silent] = await a.list(signal);
    expect(silent).toMatchObject({ machine: 'b', isAlive: false });
    expect(silent?.silentMs).toBeGreaterThanOrEqual(15_000);
    await a.stop();
    expect(await fixture.store.ongoing.count('ann', 0)).toBe(0);
  });

  it('are not shown once they were started again on their machine', async () => {
    const now = Date.now();
    await fixture.store.replicas.beat(replicaOf('b', { id: 'b/1/old/boot', startedAt: 2 }), now - 10);
    const [a, b] = [beatsOf(replicaOf('a')), beatsOf(replicaOf('b', { startedAt: now }))];
    a.start();
    b.start();
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(await a.list(signal)).toHaveLength(3);
    await pass(15_000 + HEARTBEAT_MS, a);
    expect((await a.list(signal)).map(({ id }) => id)).toEqual([replicaOf('a').id, replicaOf('b').id]);
    await Promise.all([a.stop(), b.stop()]);
  });

  it('with different configs are named once in the log', async () => {
    const [a, b] = [beatsOf(replicaOf('a')), beatsOf(replicaOf('b', { config: 'other' }))];
    a.start();
    b.start();
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS * 3);
    expect((await a.list(signal)).map(({ hasOwnConfig }) => hasOwnConfig)).toEqual([true, false]);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toContain('"machine":"b"');
    await Promise.all([a.stop(), b.stop()]);
    expect(await fixture.store.replicas.list()).toEqual([]);
  });
});
