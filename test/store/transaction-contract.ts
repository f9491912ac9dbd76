import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Queryable, Sql } from '../../src/store/sql.ts';
import { add, type DatabaseKind, first, gate, idsIn, type TestDatabase } from './contract-database.ts';

/** The part of the contract about transactions, for both kinds of commit. */
export function describeTransactions(name: string, { open, isShared }: DatabaseKind): void {
  describe(`a database: ${name}`, () => {
    let database: TestDatabase;
    let sql: Sql;
    beforeEach(async () => {
      database = await open();
      sql = database.sql;
    });
    afterEach(() => database.remove());
    describe.each(['tx', 'commitDurably'] as const)('%s', (kind) => {
      it('commits all that its work did, and gives what the work gave', async () => {
        const given = await sql[kind](async (tx) => {
          await add(tx, 'a');
          expect(await idsIn(tx)).toEqual(['a']);
          await add(tx, 'b');
          return 'done';
        });
        expect(given).toBe('done');
        expect(await idsIn(sql)).toEqual(['a', 'b']);
      });

      it.each([
        ['throws', () => Promise.reject(new RangeError('on purpose')), RangeError],
        ['breaks a rule of the database', (tx: Queryable) => add(tx, 'a'), Error],
      ])('does nothing when its work %s', async (_what, end, kindOfError) => {
        await expect(
          sql[kind](async (tx) => {
            await add(tx, 'a');
            await end(tx);
          }),
        ).rejects.toThrow(kindOfError);
        expect(await idsIn(sql)).toEqual([]);
        await sql[kind]((tx) => add(tx, 'b'));
        expect(await idsIn(sql)).toEqual(['b']);
      });

      it('does nothing when its work throws before it has given a promise', async () => {
        const work = (): Promise<void> => {
          throw new RangeError('on purpose');
        };
        await expect(sql[kind](work)).rejects.toThrow(RangeError);
        await add(sql, 'a');
      });

      it('has no statement of another task in it: what that one wrote stays when it rolls back', async () => {
        const [first, second] = [gate(), gate()];
        const rolledBack = sql[kind](async (tx) => {
          await add(tx, 'rolled back');
          await first.open;
          throw new Error('on purpose');
        });
        const alone = add(sql, 'alone');
        const committed = sql[kind](async (tx) => {
          await add(tx, 'committed');
          await second.open;
          await add(tx, 'committed too');
        });
        const late = add(sql, 'late');
        first.release();
        await expect(rolledBack).rejects.toThrow('on purpose');
        second.release();
        await Promise.all([alone, committed, late]);
        expect(await idsIn(sql)).toEqual(['alone', 'committed', 'committed too', 'late']);
      });

      it('runs after the one before it: none reads what another is about to change', async () => {
        await add(sql, 'counter');
        const count = () =>
          sql[kind](async (tx) => {
            const [row] = await tx.query<{ rank: number }>("select rank from notes where id = 'counter'");
            await new Promise((resolve) => setImmediate(resolve));
            await tx.query("update notes set rank = $1 where id = 'counter'", [(row?.rank ?? 0) + 1]);
          });
        await Promise.all(Array.from({ length: 25 }, count));
        expect(await sql.query('select rank from notes')).toEqual([{ rank: 25 }]);
      });

      it('refuses statements of its handle once it has ended', async () => {
        const handles: Queryable[] = [];
        await sql[kind](async (tx) => void handles.push(tx));
        await sql[kind](async (tx) => {
          handles.push(tx);
          throw new Error('on purpose');
        }).catch(() => {});
        for (const handle of handles) {
          await expect(add(handle, 'a')).rejects.toThrow('after its transaction had ended');
          await expect(first(handle.each('select * from notes'))).rejects.toThrow('after its transaction had ended');
        }
        expect(await idsIn(sql)).toEqual([]);
      });

      it('ends what is still being read from its handle', async () => {
        for (let index = 0; index < 3; index += 1) await add(sql, `n${index}`);
        let reading: AsyncIterator<unknown> | undefined;
        await sql[kind](async (tx) => {
          reading = tx.each('select * from notes')[Symbol.asyncIterator]();
          await reading.next();
        });
        // A reader that is still open would hold an old snapshot, and could not write on it.
        const other = isShared ? await database.again() : sql;
        await add(other, 'b');
        await sql[kind]((tx) => add(tx, 'a'));
        await expect(reading?.next()).rejects.toThrow('after its transaction had ended');
        expect(await idsIn(sql)).toEqual(['a', 'b', 'n0', 'n1', 'n2']);
        if (other !== sql) await other.close();
      });

      it('refuses what its work does past its handle, instead of waiting for itself', async () => {
        const past: Readonly<Record<string, () => Promise<unknown>>> = {
          tx: () => sql.tx(async () => {}),
          commitDurably: () => sql.commitDurably(async () => {}),
          snapshot: () => sql.snapshot(async () => {}),
          read: () => idsIn(sql),
          write: () => add(sql, 'a'),
          each: () => first(sql.each('select * from notes')),
          close: () => sql.close(),
        };
        for (const [what, attempt] of Object.entries(past))
          await expect(
            sql[kind](() => attempt()),
            what,
          ).rejects.toThrow('go through its own handle');
        expect(await idsIn(sql)).toEqual([]);
      });

      it('leaves what its work has begun, and not waited for, to go on when it has ended', async () => {
        const ended = gate();
        let later: Promise<unknown> = Promise.resolve();
        await sql[kind](async () => {
          later = ended.open.then(() => add(sql, 'later'));
        });
        ended.release();
        await later;
        expect(await idsIn(sql)).toEqual(['later']);
      });
    });
  });
}
