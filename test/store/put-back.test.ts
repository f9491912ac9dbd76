import { expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createSigner } from '../../src/store/signer.ts';
import { execGrant, freshStore, question } from './fixture.ts';
import { KEYS } from './keys.ts';

const fixture = freshStore();

/** Does something to the rows of a table, then puts its rows back as they were, each with the MAC it had. */
async function putBack(table: 'approvals' | 'exec_grants', change: () => Promise<unknown>): Promise<void> {
  const { sql } = await openDatabase(fixture.url, KEYS.record, createSigner(KEYS.record));
  await sql.query(`create table before as select * from ${table}`);
  await change();
  await sql.tx(async (tx) => {
    await tx.query(`delete from ${table}`);
    await tx.query(`insert into ${table} select * from before`);
    await tx.query('drop table before');
  });
  await sql.close();
}

it.each(['rejected', 'withdrawn', 'approved'] as const)(
  'a request that was %s takes no answer again from its older row',
  async (state) => {
    const { approvals } = fixture.store;
    await approvals.create(question('A1', { command: 'prune', requestedAt: 5 }));
    await approvals.create(question('A2', { command: 'prune', requestedAt: 5 }));
    // By a clock that was set back since the request.
    await putBack('approvals', () => approvals.decide({ id: 'A1', state, by: 'U0OPS1', at: 2 }));

    const again = { id: 'A1', at: 20 };
    expect(await approvals.decide({ ...again, state: 'approved', by: 'U0OPS2' })).toMatchObject({ why: 'untrusted' });
    expect(await approvals.vote({ ...again, person: 'U0OPS2' })).toMatchObject({ counted: false, why: 'untrusted' });
    expect(await approvals.decide({ id: 'A2', at: 20, state: 'approved', by: 'U0OPS2' })).toMatchObject({ won: true });
    const { missing, audit } = await fixture.store.verify();
    expect(audit.ok).toBe(true);
    expect(missing).toEqual([
      `approvals A1: the audit log says that it was ${state}, and its row says that it is pending`,
    ]);
  },
);

it('a grant that was ended gives nothing again from its older row', async () => {
  const { approvals, execGrants } = fixture.store;
  const inForce = async () => (await execGrants.active({ now: 50, person: 'U0DEV1' })).map(({ id }) => id);
  await approvals.create(question('A1', { command: 'grant', requestedAt: 5 }));
  await approvals.decide({ id: 'A1', state: 'approved', by: 'U0OPS1', at: 10 });
  await execGrants.begin(execGrant('A1'));
  await execGrants.begin(execGrant('A2'));
  expect(await inForce()).toEqual(['A1', 'A2']);
  await putBack('exec_grants', () => execGrants.end('A1', 'U0OPS1', 40));

  expect(await inForce()).toEqual(['A2']);
  const { missing } = await fixture.store.verify();
  expect(missing).toEqual([
    'exec_grants A1: the audit log says that it was ended, and its row says that it is in force',
  ]);
});

it('a request and a grant whose rows are gone after their end are missed', async () => {
  const { approvals, execGrants } = fixture.store;
  await approvals.create(question('A1', { command: 'grant', requestedAt: 5 }));
  const { sql } = await openDatabase(fixture.url, KEYS.record, createSigner(KEYS.record));
  await approvals.decide({ id: 'A1', state: 'approved', by: 'U0OPS1', at: 10 });
  await execGrants.begin(execGrant('A1'));
  await execGrants.end('A1', 'U0OPS1', 40);
  await sql.query('delete from approvals');
  await sql.query('delete from exec_grants');
  await sql.close();

  expect((await fixture.store.verify()).missing).toEqual([
    'approvals A1: the audit log says that it was approved, and its row is gone',
    'exec_grants A1: the audit log says that it was ended, and its row is gone',
  ]);
});
