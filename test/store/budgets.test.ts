import { describe, expect, it } from 'vitest';
import { createBudgets } from '../../src/store/budgets.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createSigner } from '../../src/store/signer.ts';
import type { Sql } from '../../src/store/sql.ts';
import { freshStore } from './fixture.ts';
import { KEYS } from './keys.ts';
import { race } from './processes.ts';

const fixture = freshStore();

describe('a budget over all processes', () => {
  const settings = { commands: 20, perMs: 60_000 };

  it('is spent once by three processes at once, and says how long to wait', async () => {
    const script = `for (let n = 0; n < 15; n += 1) tell((await store.budgets.spend('ann', ${JSON.stringify(settings)})).ok);`;
    const told = await race<boolean>(fixture.url, 3, script);

    // What it gets back meanwhile, a command every 3 s, is all that may be added.
    const taken = told.filter(Boolean).length;
    expect(taken).toBeGreaterThanOrEqual(20);
    expect(taken).toBeLessThanOrEqual(22);
    const refused = await fixture.store.budgets.spend('ann', settings);
    if (refused.ok) throw new Error('not refused');
    expect(refused.waitMs).toBeGreaterThan(0);
    expect(refused.waitMs).toBeLessThanOrEqual(3000);
    expect(await fixture.store.budgets.spend('bob', settings)).toEqual({ ok: true });
  });

  it('is whole again where the clock of the database was set back', async () => {
    const { store } = fixture;
    for (let n = 0; n < 20; n += 1) await store.budgets.spend('ann', settings);
    expect((await store.budgets.spend('ann', settings)).ok).toBe(false);
    // As if it had been spent an hour from now.
    const smaller = { commands: 20, perMs: 1000 };
    expect(await store.budgets.spend('ann', smaller)).toEqual({ ok: true });
  });

  it('that is whole again leaves no row, and one that is not goes on', async () => {
    const { store, url } = fixture;
    const long = { commands: 20, perMs: 3_600_000 };
    for (let n = 0; n < 20; n += 1) await store.budgets.spend('ann', long);
    const { sql, clock } = await openDatabase(url, KEYS.record, createSigner(KEYS.record));
    const people = async () => (await sql.query('select person from budgets order by person')).map(personOf);
    const becomesWhole = (person: string) =>
      sql.atomic('insert into budgets values ($1, 1) on conflict (person) do nothing', [person]);
    // Once in five commands, whichever it is.
    const budgets = createBudgets(sql, clock, 5);
    const left: string[][] = [];
    for (let n = 0; n < 15; n += 1) {
      await becomesWhole('cy');
      await budgets.spend('bob', long);
      left.push(await people());
    }
    expect(left.filter((those) => !those.includes('cy'))).toEqual(Array.from({ length: 3 }, () => ['ann', 'bob']));
    expect((await store.budgets.spend('ann', long)).ok).toBe(false);
    await sql.close();
  });

  it('is spent though what no longer counts cannot be removed', async () => {
    const { sql, clock } = await openDatabase(fixture.url, KEYS.record, createSigner(KEYS.record));
    const cannotRemove: Sql = {
      ...sql,
      atomic: (text, params) =>
        text.startsWith('delete') ? Promise.reject(new Error('the disk is full')) : sql.atomic(text, params),
    };
    expect(await createBudgets(cannotRemove, clock, 1).spend('ann', settings)).toEqual({ ok: true });
    await sql.close();
  });
});

const personOf = (row: unknown) => (row as { person: string }).person;
