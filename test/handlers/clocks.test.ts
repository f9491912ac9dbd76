import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { StatusResult } from '../../src/handlers/replicas/status.ts';
import { runDueReminders } from '../../src/worker/reminders.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { question } from '../store/fixture.ts';
import { CHANNEL, type Desk, openDesk, PERSON, resultOf } from './desk.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const realNow = Date.now;

describeWithPostgres('two machines on one database, whose clocks differ', () => {
  let postgres: Postgres;
  let right: Desk;
  let wrong: Desk;
  let aheadMs = 0;
  const desk = (url: string) =>
    openDesk(
      { 'web-1': '/nowhere/engine.sock' },
      ['lock', 'locks', 'deploy', 'status'],
      {
        services: { shop: { image: 'localhost:5000/shop', hosts: 'all' } },
      },
      url,
    );
  /** What is done on the machine whose clock is wrong. */
  const there = async <T>(work: () => Promise<T>): Promise<T> => {
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + aheadMs);
    try {
      return await work();
    } finally {
      vi.restoreAllMocks();
    }
  };
  const askAt = (id: string, { store, deps }: Desk) =>
    store.approvals.create(
      question(id, {
        channel: CHANNEL,
        requestedBy: PERSON,
        requestedAt: deps.now(),
        expiresAt: deps.now() + 30 * MINUTE,
      }),
    );
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    aheadMs = HOUR;
    const url = await postgres.url();
    right = await desk(url);
    wrong = await there(() => desk(url));
  });
  afterEach(async () => {
    await right[Symbol.asyncDispose]();
    await there(async () => wrong[Symbol.asyncDispose]());
  });

  it('by an hour: neither ends what the other began', async () => {
    resultOf(await right.say('/dock lock shop for 30m'));
    await askAt('A-right', right);
    await there(async () => {
      await askAt('A-wrong', wrong);
      await runDueReminders(wrong.deps);
    });
    await runDueReminders(right.deps);

    const [lock] = await right.store.locks.list(right.deps.now());
    expect(lock?.until).toBeGreaterThan(realNow() + 29 * MINUTE);
    const pending = await right.store.approvals.pending({ now: right.deps.now() });
    expect(pending.map(({ id, expiresAt }) => [id, Math.round((expiresAt - realNow()) / MINUTE)])).toEqual([
      ['A-right', 30],
      ['A-wrong', 30],
    ]);
  });

  it('since one was set while it runs: the next look goes by the right time', async () => {
    await askAt('A-right', right);
    for (aheadMs of [HOUR * 2, -HOUR]) {
      await there(() => runDueReminders(wrong.deps));
      const off = await there(async () => wrong.deps.now() - realNow());
      expect(Math.abs(off)).toBeLessThan(MINUTE);
    }
    expect(await right.store.approvals.pending({ now: realNow() })).toHaveLength(1);
  });

  it('say so in /dock status', async () => {
    const { problems } = resultOf<StatusResult>(await there(() => wrong.say('/dock status')));
    expect(problems).toContain('clock-differs');
    expect(resultOf<StatusResult>(await right.say('/dock status')).problems).not.toContain('clock-differs');
  });
});
