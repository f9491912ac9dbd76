import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Queryable, Sql } from '../../src/store/sql.ts';

/** A kind of database, empty but for the table `notes (id text primary key, body text, rank bigint)`. */
export interface DatabaseKind {
  open(): Promise<TestDatabase>;
  /** Whether a second process, or another `Sql` in this one, can have the same database open. */
  readonly isShared: boolean;
}

export interface TestDatabase {
  readonly sql: Sql;
  /** The same database, open once more as by another process. */
  again(): Promise<Sql>;
  remove(): Promise<void>;
}

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

    const add = (on: Pick<Queryable, 'query'>, id: string, rank = 0) =>
      on.query('insert into notes (id, body, rank) values ($1, $2, $3)', [id, `body of ${id}`, rank]);
    const idsIn = async (on: Pick<Queryable, 'query'>) =>
      (await on.query<{ id: string }>('select id from notes order by id')).map(({ id }) => id);

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
        // Whoever still read would hold an old view, and could not write on it.
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
      const closing = sql.close().then(() => ended.push('closed'));
      reads.release();
      await reading;
      writes.release();
      await Promise.all([writing, closing]);
      expect(ended).toEqual(reading ? ['snapshot', 'tx', 'closed'] : ['tx', 'closed']);
      await expect(add(sql, 'b')).rejects.toThrow();
    });

    if (!isShared) return;
    describe('beside others that have it open', () => {
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
}

/** A promise that others wait for, and what resolves it. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: promise, release: () => resolve() };
}

async function first<Row>(rows: AsyncIterable<Row>): Promise<Row | undefined> {
  for await (const row of rows) return row;
  return undefined;
}
