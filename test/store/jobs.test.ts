import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { freshStore } from './fixture.ts';
import { KEYS } from './keys.ts';
import { newJob } from './new-job.ts';

const fixture = freshStore();
const DAY_MS = 24 * 60 * 60_000;
const job = (id: string, at = 0) => newJob(id, { text: `/ps ${id}` }, at);
const time = (now: number, until = now + 100) => ({ now, until });

describe('a job', () => {
  it('is taken once over all processes, whole, and is over when the one that took it says so', async () => {
    const { store, other } = fixture;
    await store.jobs.add(job('J1'));
    const [one, two] = await Promise.all([
      store.jobs.take('J1', 'P1', time(10)),
      other.jobs.take('J1', 'P2', time(10)),
    ]);
    const taken = one ?? two;
    expect([one, two].filter((each) => each !== undefined)).toEqual([taken]);
    expect(taken).toMatchObject({ id: 'J1', at: 0, attempt: 1, task: { text: '/ps J1' }, integrity: 'signed' });
    if (!taken) throw new Error('not taken');

    // Another attempt, and another process, end nothing.
    await store.jobs.end({ ...taken, attempt: 7 });
    await store.jobs.end({ ...taken, owner: 'P9' });
    expect(await other.jobs.untaken({ now: 110, storedBefore: 0 })).toEqual([{ id: 'J1', attempt: 1 }]);
    await store.jobs.end(taken);
    expect(await other.jobs.untaken({ now: 110, storedBefore: 0 })).toEqual([]);
    expect(await other.jobs.take('J1', 'P2', time(500))).toBeUndefined();
    expect(await other.jobs.take('J9', 'P2', time(500))).toBeUndefined();
  });

  it('is taken again when the time of the process that took it is up, and not before', async () => {
    const { store, other } = fixture;
    await store.jobs.add(job('J1'));
    const first = await store.jobs.take('J1', 'P1', time(10, 50));
    expect(await other.jobs.take('J1', 'P2', time(49))).toBeUndefined();
    expect(await other.jobs.untaken({ now: 49, storedBefore: 100 })).toEqual([]);
    const second = await other.jobs.take('J1', 'P2', time(50));
    expect(second).toMatchObject({ owner: 'P2', attempt: 2, task: { text: '/ps J1' } });
    if (first) await store.jobs.end(first);
    expect(await other.jobs.untaken({ now: 1000, storedBefore: 0 })).toEqual([{ id: 'J1', attempt: 2 }]);
  });

  it('that nobody has taken can be withdrawn, once, and is then taken by nobody', async () => {
    const { store, other } = fixture;
    await store.jobs.add(job('J1', 5));
    await store.jobs.add(job('J2', 3));
    expect(await other.jobs.untaken({ now: 10, storedBefore: 4 })).toEqual([{ id: 'J2', attempt: 0 }]);
    expect((await other.jobs.untaken({ now: 10, storedBefore: 5 })).map(({ id }) => id)).toEqual(['J2', 'J1']);
    expect(await other.jobs.withdraw('J1')).toBe(true);
    expect(await store.jobs.withdraw('J1')).toBe(false);
    expect(await store.jobs.take('J1', 'P1', time(10))).toBeUndefined();
    await store.jobs.take('J2', 'P1', time(10));
    expect(await other.jobs.withdraw('J2')).toBe(false);
  });

  it('that its process has not confirmed in time is late when it is taken, by the clock of the database', async () => {
    const { store, other } = fixture;
    const withinMs = (id: string, ms: number) => ({ ...job(id), confirmWithinMs: () => ms });
    await store.jobs.add(withinMs('LATE', 0));
    expect(await store.jobs.confirm('LATE')).toBe(false);
    const late = { isLate: true, integrity: 'signed', task: { text: '/ps LATE' } };
    expect(await other.jobs.take('LATE', 'P1', time(10, 50))).toMatchObject(late);
    // Also when the one that was to say so is cut off, and while it does.
    expect(await store.jobs.confirm('LATE')).toBe(false);
    expect(await other.jobs.take('LATE', 'P2', time(50))).toMatchObject({ ...late, attempt: 2 });

    await store.jobs.add(withinMs('CONFIRMED', 60_000));
    expect(await store.jobs.confirm('CONFIRMED')).toBe(true);
    expect(await store.jobs.confirm('CONFIRMED')).toBe(true);
    expect(await other.jobs.take('CONFIRMED', 'P1', time(10))).toMatchObject({ isLate: false, integrity: 'signed' });

    // Taken in time, it needs no confirmation.
    await store.jobs.add(withinMs('TAKEN', 60_000));
    expect(await other.jobs.take('TAKEN', 'P1', time(10, 50))).toMatchObject({ isLate: false });
    expect(await store.jobs.confirm('TAKEN')).toBe(true);
    await store.jobs.add(withinMs('WITHDRAWN', 60_000));
    await store.jobs.withdraw('WITHDRAWN');
    expect(await store.jobs.confirm('WITHDRAWN')).toBe(false);
    expect(await store.jobs.confirm('UNKNOWN')).toBe(false);
  });

  it('is remembered for two weeks after it is over', async () => {
    const { store } = fixture;
    await store.jobs.add(job('J1'));
    await store.jobs.withdraw('J1');
    await store.jobs.add(job('J2', 14 * DAY_MS));
    await expect(store.jobs.add(job('J1'))).rejects.toThrow();
    await store.jobs.add(job('J3', 14 * DAY_MS + 1));
    await store.jobs.add(job('J1'));
    expect(await store.jobs.take('J1', 'P1', time(10))).toMatchObject({ attempt: 1 });
  });

  it('is read with the key it was sealed with, also after that was replaced, and with no other', async () => {
    const { store } = fixture;
    await store.jobs.add(job('J1'));
    const current = 'cd'.repeat(32);
    const replaced = await openStore(fixture.url, { record: { current, former: [KEYS.record.current] } });
    const lost = await openStore(fixture.url, { record: { current } });
    const read = { task: { text: '/ps J1' }, integrity: 'signed' };
    expect(await replaced.jobs.take('J1', 'P1', time(10, 10))).toMatchObject(read);
    expect(await lost.jobs.take('J1', 'P1', time(10))).toMatchObject({ attempt: 2, task: undefined });
    await replaced.close();
    await lost.close();
  });
});
