import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Queryable, Sql } from '../../src/store/sql.ts';
import { add, type DatabaseKind, first, gate, idsIn, type TestDatabase } from './contract-database.ts';
import { describeTransactions } from './transaction-contract.ts';

/** What every database has to do for the store, whatever is behind its interface. */
export function describeDatabase(name: string, { open, isShared }: DatabaseKind): void {
  describe(`a database: ${name}`, () => {
    let database: TestDatabase;
    let sql: Sql;
    beforeEach(async () => {
      database = await open();
      sql = database.sql;
    });
    afterEach(() => database.remove());
    describe('a statement', () => {
      it('gives the rows it selects or returns, numbers and nulls as they are', async () => {
        const rank = Number.MAX_SAFE_INTEGER;
        expect(await add(sql, 'a', rank)).toEqual([]);
        const returned = await sql.query('update notes set body = null where id = $1 returning *', ['a']);
        expect(returned).toEqual([{ id: 'a', body: null, rank }]);
        expect(await sql.query('select * from notes where id = $1', ['a'])).toEqual(returned);
      });

      it('takes parameters by their number, in any order and more than once', async () => {
        await sql.query('insert into notes (id, body, rank) values ($2, $2, $1)', [7, "x' or 1=1 --"]);
        const found = await sql.query<{ rank: number }>('select rank from notes where id = $1 or body = $1', [
          "x' or 1=1 --",
        ]);
        expect(found).toEqual([{ rank: 7 }]);
      });

      it('that fails changes nothing, and the next one goes on', async () => {
        await add(sql, 'a');
        await expect(add(sql, 'a')).rejects.toThrow();
        await expect(sql.query('select nothing from nowhere')).rejects.toThrow();
        await add(sql, 'b');
        expect(await idsIn(sql)).toEqual(['a', 'b']);
      });

      it('of its own, beside others at once, fails alone', async () => {
        const put = (id: string) => sql.atomic('insert into notes (id) values ($1) returning id', [id]);
        const putSoon = (id: string) => sql.atomic('insert into notes (id) values ($1)', [id], 'process');
        const settled = await Promise.allSettled([
          put('a'),
          put('a'),
          sql.atomic('no statement'),
          putSoon('b'),
          putSoon('b'),
        ]);
        // Which of two is first is up to the database.
        const done = settled.map(({ status }) => status === 'fulfilled');
        expect([Number(done[0]) + Number(done[1]), done[2], Number(done[3]) + Number(done[4])]).toEqual([1, false, 1]);
        expect(settled).toContainEqual({ status: 'fulfilled', value: [{ id: 'a' }] });
        expect(await idsIn(sql)).toEqual(['a', 'b']);
      });

      it('is read row by row, whether or not it is read to its end', async () => {
        await sql.tx(async (tx) => {
          for (let index = 0; index < 1200; index += 1) await add(tx, `n${index}`, index);
        });
        let last = -1;
        for await (const { rank } of sql.each<{ rank: number }>('select rank from notes order by rank')) {
          expect(rank).toBe(last + 1);
          last = rank;
        }
        expect(last).toBe(1199);
        for await (const { rank } of sql.each<{ rank: number }>('select rank from notes where rank > $1', [1197])) {
          last = rank;
          break;
        }
        expect(last).toBeGreaterThan(1197);
        await expect(first(sql.each('select nothing from nowhere'))).rejects.toThrow();
        await add(sql, 'later');
      });
    });

    describe('a snapshot', () => {
      it('is one view, whatever is written meanwhile', async () => {
        await add(sql, 'a');
        const other = isShared ? await database.again() : undefined;
        onTestFinished(() => other?.close());
        const seen = await sql.snapshot(async (view) => {
          const before = await idsIn(view);
          if (other) await add(other, 'b');
          return [before, await idsIn(view), await first(view.each('select count(*) as count from notes'))];
        });
        expect(seen).toEqual([['a'], ['a'], { count: 1 }]);
        expect(await idsIn(sql)).toEqual(other ? ['a', 'b'] : ['a']);
      });

      it('takes nothing that writes, and fails with its work', async () => {
        await expect(sql.snapshot(() => Promise.reject(new RangeError('on purpose')))).rejects.toThrow(RangeError);
        let view: Queryable | undefined;
        await sql.snapshot(async (one) => {
          view = one;
        });
        await expect(view?.query('select * from notes')).rejects.toThrow('after its transaction had ended');
        await expect(sql.snapshot(() => idsIn(sql))).rejects.toThrow('go through its own handle');
        expect(await idsIn(sql)).toEqual([]);
      });
    });

    it('is closed once what is under way has ended', async () => {
      const [writes, reads] = [gate(), gate()];
      const ended: string[] = [];
      const writing = sql.tx(async (tx) => {
        await writes.open;
        await add(tx, 'a');
        ended.push('tx');
      });
      const reading = isShared
        ? sql.snapshot(async (view) => {
            await reads.open;
            await idsIn(view);
            ended.push('snapshot');
          })
        : undefined;
      const alone = sql.atomic("insert into notes (id) values ('c')").then(() => ended.push('statement'));
      const closing = sql.close().then(() => ended.push('closed'));
      reads.release();
      await reading;
      writes.release();
      await Promise.all([writing, alone, closing]);
      expect(ended.at(-1)).toBe('closed');
      expect(ended.toSorted()).toEqual(['closed', ...(reading ? ['snapshot'] : []), 'statement', 'tx']);
      await expect(add(sql, 'b')).rejects.toThrow();
    });

    if (!isShared) return;
    describe('beside others that have it open', () => {
      it('counts every atomic statement on one row, however many processes write it at once', async () => {
        const other = await database.again();
        onTestFinished(() => other.close());
        const count = (on: Sql) =>
          on.atomic(
            `insert into notes (id, body, rank) values ('counter', '', 1)
             on conflict (id) do update set rank = notes.rank + 1 where notes.rank < 50 returning rank`,
          );
        const all = await Promise.all(Array.from({ length: 60 }, (_, index) => count(index % 2 === 0 ? sql : other)));
        expect(all.filter((rows) => rows.length === 1)).toHaveLength(50);
      });

      it('reads while a transaction is open, here or elsewhere, what was there before', async () => {
        const other = await database.again();
        onTestFinished(() => other.close());
        await add(sql, 'a');
        const [begun, held] = [gate(), gate()];
        const writing = sql.tx(async (tx) => {
          await add(tx, 'b');
          begun.release();
          await held.open;
        });
        await begun.open;
        for (const one of [sql, other]) {
          expect(await idsIn(one)).toEqual(['a']);
          expect(await one.snapshot(idsIn)).toEqual(['a']);
          expect(await first(one.each('select count(*) as count from notes'))).toEqual({ count: 1 });
        }
        held.release();
        await writing;
        for (const one of [sql, other]) expect(await idsIn(one)).toEqual(['a', 'b']);
      });

      it('each read sees all that was committed before it, while older ones are still being read', async () => {
        for (const id of ['a', 'b', 'c']) await add(sql, id);
        const slow: string[] = [];
        for await (const { id } of sql.each<{ id: string }>('select id from notes order by id')) {
          slow.push(id);
          await add(sql, `${id} again`);
          expect(await idsIn(sql)).toContain(`${id} again`);
        }
        expect(slow).toEqual(['a', 'b', 'c']);
      });

      it('writes once another has let go, and keeps nothing else waiting meanwhile', async () => {
        const other = await database.again();
        onTestFinished(() => other.close());
        const [begun, held] = [gate(), gate()];
        const holding = other.tx(async (tx) => {
          await add(tx, 'a');
          begun.release();
          await held.open;
        });
        await begun.open;
        const written: string[] = [];
        // A statement on its own waits only where a database has one writer.
        const alone = add(sql, 'alone');
        const writing = Promise.all([
          sql.tx((tx) => add(tx, 'tx')).then(() => written.push('tx')),
          sql.commitDurably((tx) => add(tx, 'durable')).then(() => written.push('durable')),
        ]);
        // Turns of the event loop go by, and reads are answered.
        for (let turn = 0; turn < 50; turn += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          expect(await idsIn(sql)).not.toContain('a');
        }
        expect(written).toEqual([]);
        held.release();
        await Promise.all([holding, alone, writing]);
        expect(written).toEqual(['tx', 'durable']);
        expect(await idsIn(other)).toEqual(['a', 'alone', 'durable', 'tx']);
      });
    });
  });
  describeTransactions(name, { open, isShared });
}
