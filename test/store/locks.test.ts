import { describe, expect, it } from 'vitest';
import type { LockRequest, QueueEntry } from '../../src/store/locks.ts';
import type { Store } from '../../src/store/store.ts';
import { freshStore, question } from './fixture.ts';
import { race } from './processes.ts';

const fixture = freshStore();
const locks = () => fixture.store.locks;
const wish = (owner: string, more: Partial<LockRequest> = {}): LockRequest => ({
  service: 'shop',
  owner,
  reason: 'release',
  channel: 'C0PROD',
  at: 0,
  until: 100,
  remindAt: 80,
  ...more,
});

/** Whom the end of a lock of `shop` calls out of the queue. */
async function freed({ locks: some }: Store): Promise<QueueEntry[]> {
  const called: QueueEntry[] = [];
  const { lock } = await some.acquire(wish('U9'));
  await some.release(lock.token, 1, (next) => void called.push(next));
  return called;
}

describe('a lock', () => {
  it('is one person’s until it ends, and theirs to renew', async () => {
    const taken = await locks().acquire(wish('U1'));
    expect(taken).toMatchObject({
      won: true,
      renewed: false,
      lock: { service: 'shop', host: undefined, owner: 'U1', takenAt: 0, until: 100 },
    });
    expect(await fixture.other.locks.acquire(wish('U2', { at: 50 }))).toEqual({ won: false, lock: taken.lock });
    expect(await locks().acquire(wish('U1', { at: 60, until: 160, reason: 'longer' }))).toMatchObject({
      won: true,
      renewed: true,
      lock: { token: taken.lock.token, until: 160, reason: 'longer', takenAt: 0 },
    });
    // An extension needs no new reason.
    expect(await locks().acquire(wish('U1', { at: 70, until: 160, reason: '' }))).toMatchObject({
      lock: { reason: 'longer' },
    });
    expect(await locks().of('shop', 100)).toHaveLength(1);
    expect(await locks().of('shop', 160)).toEqual([]);
    const next = await fixture.other.locks.acquire(wish('U2', { at: 160, until: 200 }));
    expect(next).toMatchObject({ won: true, renewed: false, lock: { owner: 'U2', takenAt: 160 } });
    expect(next.lock.token).not.toBe(taken.lock.token);
  });

  it('on one host leaves the others free; on every host it stands against each', async () => {
    expect(await locks().acquire(wish('U1', { host: 'web-1' }))).toMatchObject({ won: true, lock: { host: 'web-1' } });
    expect(await locks().acquire(wish('U2', { host: 'web-1' }))).toMatchObject({ won: false, lock: { owner: 'U1' } });
    expect(await locks().acquire(wish('U2', { host: 'web-2' }))).toMatchObject({ won: true });
    expect(await locks().acquire(wish('U2'))).toMatchObject({ won: false, lock: { owner: 'U1', host: 'web-1' } });
    expect(await locks().acquire(wish('U3', { service: 'api' }))).toMatchObject({ won: true });
    expect(await locks().acquire(wish('U1', { service: 'api', host: 'web-1' }))).toMatchObject({ won: false });
    expect((await locks().list(50)).map(({ service, host, owner }) => [service, host, owner])).toEqual([
      ['api', undefined, 'U3'],
      ['shop', 'web-1', 'U1'],
      ['shop', 'web-2', 'U2'],
    ]);
  });

  it('is renewed and released by its token, while it lasts', async () => {
    const { lock } = await locks().acquire(wish('U1'));
    expect(await locks().byToken(lock.token, 50)).toEqual(lock);
    expect(await locks().renew(lock.token, { until: 200, remindAt: 180, at: 50 })).toEqual({ ...lock, until: 200 });
    expect(await locks().renew('another', { until: 300, remindAt: 280, at: 50 })).toBeUndefined();
    expect(await locks().renew(lock.token, { until: 300, remindAt: 280, at: 200 })).toBeUndefined();
    expect(await locks().release(lock.token, 200)).toBeUndefined();
    expect(await locks().release(lock.token, 199)).toMatchObject({ owner: 'U1' });
    expect(await locks().release(lock.token, 199)).toBeUndefined();
    expect(await locks().byToken(lock.token, 50)).toBeUndefined();
  });

  it('is taken over from the holder one saw, and from nobody else', async () => {
    const { lock } = await locks().acquire(wish('U1'));
    const times = { until: 300, remindAt: 280, at: 40, channel: 'C0DEV' };
    const taken = await locks().takeOver(lock.token, { owner: 'U2', reason: 'outage', ...times });
    expect(taken).toMatchObject({
      from: { owner: 'U1', reason: 'release' },
      lock: { owner: 'U2', reason: 'outage', channel: 'C0DEV', takenAt: 40, until: 300 },
    });
    expect(await fixture.other.locks.takeOver(lock.token, { owner: 'U3', reason: 'me too', ...times })).toBeUndefined();
    // The first holder's button is dead.
    expect(await locks().release(lock.token, 50)).toBeUndefined();
    expect(await locks().of('shop', 50)).toMatchObject([{ owner: 'U2' }]);
  });

  it('that ended, or whose holder is to be reminded, is told once over all processes', async () => {
    await locks().acquire(wish('U1'));
    await locks().acquire(wish('U2', { service: 'api', until: 1000, remindAt: 900 }));
    expect(await locks().remind(79, 10)).toEqual([]);
    expect(await locks().remind(80, 10)).toMatchObject([{ owner: 'U1' }]);
    expect(await fixture.other.locks.remind(80, 10)).toEqual([]);
    expect(await locks().remind(90, 10)).toMatchObject([{ owner: 'U1' }]);
    expect(await locks().remind(100, 10)).toEqual([]);
    expect(await locks().ended(99)).toEqual([]);
    expect(await locks().ended(100)).toMatchObject([{ service: 'shop', owner: 'U1' }]);
    expect(await fixture.other.locks.ended(100)).toEqual([]);
  });
});

describe('the line for a service', () => {
  it('is in the order of coming, each in it once', async () => {
    const join = (person: string, at: number) => locks().join({ service: 'shop', person, channel: 'C0PROD', at });
    expect([await join('U2', 1), await join('U1', 2), await join('U2', 3), await join('U3', 4)]).toEqual([1, 2, 1, 3]);
    expect((await locks().queue('shop')).map(({ person }) => person)).toEqual(['U2', 'U1', 'U3']);
    expect(await locks().leave('shop', 'U1')).toBe(true);
    expect(await locks().leave('shop', 'U1')).toBe(false);
    expect(await freed(fixture.store)).toEqual([{ service: 'shop', person: 'U2', channel: 'C0PROD', at: 1 }]);
    expect(await freed(fixture.other)).toMatchObject([{ person: 'U3' }]);
    expect(await freed(fixture.store)).toEqual([]);
  });
});

describe('a review', () => {
  it('nags until one person signs it', async () => {
    for (const id of ['1', '2']) {
      await fixture.store.approvals.create(question(`A${id}`, { service: `service-${id}` }));
      await fixture.store.deployments.start({
        id: `D${id}`,
        approval: `A${id}`,
        hosts: ['web-1'],
        by: 'U0OPS1',
        at: 10,
        breakGlass: { reason: 'fire', reviewBy: 100 },
      });
    }
    const { reviews } = fixture.store;
    expect(await reviews.remind(99, 50)).toEqual([]);
    // Two processes see that it is time: each is reminded of once, with one note.
    const noteOf = async () => ({ place: 'C0PROD', note: { kind: 'review' }, at: 100 });
    const both = await Promise.all(
      [fixture.store, fixture.other].map((store) => store.reviews.remind(100, 50, noteOf)),
    );
    expect((await fixture.store.outbox.backlog()).count).toBe(both.flat().length);
    const reminded = both.flat().toSorted((one, other) => one.deployment.localeCompare(other.deployment));
    expect(reminded.map(({ deployment, reminders }) => [deployment, reminders])).toEqual([
      ['D1', 1],
      ['D2', 1],
    ]);
    expect(await fixture.other.reviews.remind(149, 50)).toEqual([]);
    expect(await reviews.sign('D1', 'U0OPS2', 120)).toMatchObject({ signedBy: 'U0OPS2', signedAt: 120 });
    expect(await fixture.other.reviews.sign('D1', 'U0OPS3', 121)).toBeUndefined();
    expect(await reviews.sign('D9', 'U0OPS3', 121)).toBeUndefined();
    expect(await reviews.remind(150, 50)).toMatchObject([{ deployment: 'D2', reminders: 2 }]);
    expect((await reviews.open()).map(({ deployment }) => deployment)).toEqual(['D2']);
    expect(await reviews.get('D1')).toMatchObject({ reason: 'fire', person: 'U0OPS1', signedBy: 'U0OPS2' });
    expect(await reviews.get('D9')).toBeUndefined();
  });
});

it('three processes that want the same locks at once: each has one holder, and each place in line one person', async () => {
  for (let person = 0; person < 30; person += 1)
    await locks().join({ service: 'shop', person: `W${person}`, channel: 'C', at: person });
  const told = await race<{ service?: string; next?: string }>(
    fixture.url,
    3,
    `for (const index of shuffled(60)) {
      const service = 'service-' + index;
      const { won } = await store.locks.acquire({ service, owner: 'U' + me, reason: '', channel: 'C', at: 0, until: 100, remindAt: 90 });
      if (won) tell({ service });
      const mine = await store.locks.acquire({ service: 'shop', host: service + me, owner: 'U1', reason: '', channel: 'C', at: 0, until: 100, remindAt: 90 });
      await store.locks.release(mine.lock.token, 1, ({ person }) => void tell({ next: person }));
    }`,
  );
  const held = told.flatMap(({ service }) => service ?? []);
  const called = told.flatMap(({ next }) => next ?? []);
  expect([held.length, new Set(held).size]).toEqual([60, 60]);
  expect([called.length, new Set(called).size]).toEqual([30, 30]);
}, 60_000);
