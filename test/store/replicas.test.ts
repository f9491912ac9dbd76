import { describe, expect, it } from 'vitest';
import { freshStore } from './fixture.ts';

const fixture = freshStore();
const DAY_MS = 24 * 60 * 60_000;
const replica = (id: string, startedAt = 0) =>
  ({ id, role: 'both', version: '1', machine: 'web-1', config: 'c', startedAt }) as const;

describe('a heartbeat', () => {
  it('is seen by other processes as a change, whatever their clocks say', async () => {
    const { store, other } = fixture;
    await store.replicas.beat(replica('A'), 5000);
    const [first] = await other.replicas.list();
    await store.replicas.beat(replica('A'), 4000);
    const [second] = await other.replicas.list();

    expect([first?.beat, second?.beat]).toEqual([1, 2]);
    await store.replicas.remove('A');
    expect(await other.replicas.list()).toEqual([]);
  });

  it('that is a day old is forgotten, and one that is not stays', async () => {
    const { store } = fixture;
    await store.replicas.beat(replica('old', 1), 1);
    await store.replicas.beat(replica('young', 2), 2);
    await store.replicas.beat(replica('new', 3), DAY_MS + 1);

    expect((await store.replicas.list()).map(({ id }) => id)).toEqual(['young', 'new']);
  });
});

describe('a request that goes on', () => {
  it('is counted and stopped by any process, for its own person', async () => {
    const { store, other } = fixture;
    await store.ongoing.begin({ id: 'R1', person: 'ann', owner: 'A', until: 100 });
    await store.ongoing.begin({ id: 'R2', person: 'ann', owner: 'A', until: 10 });

    expect(await other.ongoing.count('ann', 50)).toBe(1);
    expect(await other.ongoing.stop('R1', 'bob')).toBe('not_yours');
    expect(await other.ongoing.stop('R9', 'ann')).toBe('unknown');
    expect(await store.ongoing.stopped('A')).toEqual([]);
    expect(await other.ongoing.stop('R1', 'ann')).toBe('stopped');
    expect(await store.ongoing.stopped('A')).toEqual([{ id: 'R1', by: 'ann' }]);
    expect(await store.ongoing.stopped('B')).toEqual([]);
    await store.ongoing.end('R1');
    expect(await other.ongoing.stop('R1', 'ann')).toBe('unknown');
    await other.ongoing.forget('A');
    expect(await store.ongoing.count('ann', 0)).toBe(0);
  });
});
