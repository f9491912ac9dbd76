import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import type { AuditEntry } from '../../src/store/audit-records.ts';
import { freshStore } from './fixture.ts';

const fixture = freshStore();
const path = () => fixture.url.slice('file:'.length);

const entry: AuditEntry = {
  at: 1,
  kind: 'decision',
  request: 'R1',
  person: 'U0DEV1',
  channel: 'C0STAGING',
  team: 'T1',
  source: 'slash',
  command: 'ps',
  line: 'ps',
  hosts: [],
  decision: 'allow',
};

const crowd = (count: number) => Array.from({ length: count }, () => fixture.store.audit.append(entry));

/** The thread that the first crowd starts, once it takes entries, and what it is sent. */
async function thread() {
  const starting = once(process, 'worker') as Promise<[Worker]>;
  await Promise.all(crowd(20));
  const [worker] = await starting;
  await once(worker, 'message');
  return { worker, sent: vi.spyOn(worker, 'postMessage') };
}

describe('many audit entries at once', () => {
  it('are written by a thread, in one chain with those that are written here and elsewhere', async () => {
    const { sent } = await thread();
    const numbers = await Promise.all([...crowd(50), fixture.other.audit.append(entry)]);
    await fixture.store.audit.append(entry);
    const more = await Promise.all(crowd(2000));

    expect(new Set([...numbers, ...more].map(({ seq }) => seq)).size).toBe(2051);
    expect(sent.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(await fixture.store.verify()).toMatchObject({ ok: true, audit: { records: 2072 } });
  });

  it('are on disk when the store has closed, whose log is gone then', async () => {
    const { sent } = await thread();
    const writing = crowd(500);
    await nextTurn();
    await nextTurn();
    expect(sent).toHaveBeenCalled();
    await fixture.other.close();
    await fixture.store.close();

    expect(existsSync(`${path()}-wal`)).toBe(false);
    const db = new DatabaseSync(path());
    expect(db.prepare('select count(*) as count from audit').get()).toMatchObject({ count: 520 });
    db.close();
    expect((await Promise.all(writing)).map(({ seq }) => seq)).toEqual(writing.map((_, index) => 21 + index));
  });

  it('wait while another process holds the write lock', async () => {
    const { sent } = await thread();
    const other = new DatabaseSync(path());
    other.exec('begin immediate');
    const writing = crowd(20);
    await vi.waitFor(() => expect(sent).toHaveBeenCalledOnce());
    // The thread finds the lock taken several times meanwhile.
    await delay(100);
    expect(other.prepare('select count(*) as count from audit').get()).toMatchObject({ count: 20 });
    other.exec('commit');
    other.close();
    expect(await Promise.all(writing)).toHaveLength(20);
  });

  it.each([
    ['drop table audit_head', 'it is damaged (no such table: audit_head).'],
    [
      "create trigger full before insert on audit begin select raise(abort, 'no more'); end",
      'The audit log cannot be written: no more',
    ],
  ])('are refused with the reason when they cannot be written: %s', async (spoil, why) => {
    const { sent } = await thread();
    const db = new DatabaseSync(path());
    db.exec(spoil);
    db.close();
    const settled = await Promise.allSettled(crowd(20));
    expect(sent).toHaveBeenCalledOnce();
    expect(settled.map((one) => `${one.status === 'rejected' && one.reason}`)).toEqual(
      settled.map(() => expect.toSatisfy((text: string) => text.endsWith(why))),
    );
  });

  it('are written here after the thread has ended; what it was at is refused', async () => {
    const { worker } = await thread();
    const writing = Promise.allSettled(crowd(20));
    await nextTurn();
    await worker.terminate();
    const settled = await writing;
    expect(new Set(settled.map(({ status }) => status)).size).toBe(1);
    const later = await Promise.all(crowd(20));
    expect(later).toHaveLength(20);
    expect(await fixture.store.verify()).toMatchObject({ ok: true });
    await fixture.store.close();
  });
});
