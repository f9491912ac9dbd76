import { hash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { headText } from '../../src/store/audit-head.ts';
import { inspect } from '../../src/store/inspect.ts';
import { auditEntry, freshStore, question } from './fixture.ts';
import { KEYS } from './keys.ts';

const fixture = freshStore();
const look = (url = fixture.url, saved?: { seq: number; hash: string }) => inspect(url, KEYS.record, saved);
const entry = auditEntry();

async function written(count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) await fixture.store.audit.append(entry);
}

/** Without the triggers, which are no obstacle to somebody with the file in their hands. */
function tamper(...statements: readonly string[]): void {
  const db = new DatabaseSync(fixture.url.slice(5));
  const triggers = ['audit_no_update', 'audit_no_delete'].map((name) => `drop trigger if exists ${name}`);
  for (const statement of [...triggers, ...statements]) db.exec(statement);
  db.close();
}

describe('a database that is looked at', () => {
  it('is found whole while somebody has it open, and once nobody has', async () => {
    await written(3);
    await fixture.store.approvals.create(question('A1'));
    expect(await look()).toMatchObject({ ok: true, audit: { records: 3, signedFrom: 1 } });
    await fixture.store.close();
    expect(await look()).toMatchObject({ ok: true });
    await fixture.other.close();
    expect(await look()).toMatchObject({ ok: true });
    expect(readdirSync(dirname(fixture.url.slice(5)))).toEqual(['test.db']);
  });

  it('names a row whose number no program of ours could have written, and shows the others', async () => {
    await fixture.store.approvals.create(question('A1'));
    await fixture.store.approvals.create(question('A2'));
    tamper("update approvals set expires_at = 9223372036854775807 where id = 'A1'");
    expect(await look()).toMatchObject({ ok: false });
    expect(
      (await fixture.store.approvals.pending({ now: 0 })).map(({ id, integrity }) => [id, integrity]),
    ).toContainEqual(['A2', 'signed']);
    await fixture.store.close();
  });

  it('has to be there, whole, and of this version; nothing is made of what is not', async () => {
    const folder = dirname(fixture.url.slice(5));
    const at = (name: string) => join(folder, name);
    writeFileSync(at('empty.db'), '');
    writeFileSync(at('text.db'), 'no database '.repeat(1000));
    writeFileSync(at('cut.db'), 'SQLite format 3\0');
    mkdirSync(at('folder.db'));
    const make = (name: string, ...texts: string[]) => {
      const db = new DatabaseSync(at(name));
      for (const text of texts) db.exec(text);
      db.close();
    };
    make('other.db', 'create table shopping (item)');
    const tables =
      'create table audit (seq); create table approvals (id); create table versions (version bigint primary key)';
    make('unknown.db', tables);
    make('older.db', tables, 'insert into versions values (6)');
    make('newer.db', tables, 'insert into versions values (99)');
    const names = readdirSync(folder);

    for (const [name, cause] of [
      ['gone.db', 'there is no such file'],
      ['deep/gone.db', 'there is no such file'],
      ['empty.db', 'is empty'],
      ['text.db', 'is not an SQLite database'],
      ['cut.db', 'it is damaged'],
      ['folder.db', 'it is a folder'],
      ['other.db', 'belongs to another program'],
      ['unknown.db', 'belongs to another program'],
      ['older.db', 'is at version 6'],
      ['newer.db', 'is at version 99'],
    ] as const)
      await expect(look(`file:${at(name)}`)).rejects.toThrow(cause);
    await expect(look('postgres://localhost/fairlead')).rejects.toThrow('names no user');
    expect(readdirSync(folder)).toEqual(names);
  });

  it('is not whole when it was copied without its log', async () => {
    await written(2);
    const copy = `${fixture.url.slice(5)}.copy`;
    copyFileSync(fixture.url.slice(5), copy);
    await expect(look(`file:${copy}`)).rejects.toThrow('-wal is not beside it');
    copyFileSync(`${fixture.url.slice(5)}-wal`, `${copy}-wal`);
    expect(await look(`file:${copy}`)).toMatchObject({ ok: true });

    const whole = `${fixture.url.slice(5)}.whole`;
    const db = new DatabaseSync(fixture.url.slice(5));
    db.exec(`vacuum into '${whole}'`);
    db.close();
    expect(await look(`file:${whole}`)).toMatchObject({ ok: true, audit: { records: 2 } });
  });
});

const copied = 'select mac from audit where seq = 2';
const faults: readonly (readonly [string, string, number, readonly string[]])[] = [
  ['a record without its MAC', 'unsigned', 2, ['update audit set mac = null where seq = 2']],
  ['a record with another’s MAC', 'unsigned', 3, [`update audit set mac = (${copied}) where seq = 3`]],
  [
    'records said to be from before',
    'unsigned',
    1,
    ['update audit set mac = null', 'update audit_head set signed_from = 5'],
  ],
  ['a tail that was cut', 'missing', 3, ['delete from audit where seq > 2']],
  [
    'a tail that was cut, and the head put to its end',
    'head',
    2,
    [
      'delete from audit where seq > 2',
      `update audit_head set seq = 2, hash = (select hash from audit where seq = 2), mac = (${copied})`,
    ],
  ],
  [
    'a head that was made of its record',
    'head',
    4,
    ['update audit_head set mac = (select mac from audit where seq = 4)'],
  ],
  ['a head that is gone', 'missing', 5, ['delete from audit_head']],
  ['a record that was left out', 'missing', 2, ['delete from audit where seq = 2']],
  ['a column that says something else', 'changed', 2, ["update audit set person = 'U0X' where seq = 2"]],
  ['a text that says something else', 'changed', 2, ["update audit set entry = '{}' where seq = 2"]],
  ['a record of another place', 'changed', 2, ["update audit set prev = 'x' where seq = 2"]],
  [
    'a record that follows another than the one before it',
    'reordered',
    2,
    [`update audit set prev = 'x', hash = '${hash('sha256', `x\n2\n${JSON.stringify(entry)}`)}' where seq = 2`],
  ],
];

describe('an audit log', () => {
  it.each(faults)('with %s is named: %s at %i', async (_what, problem, seq, statements) => {
    await written(4);
    tamper(...statements);
    expect((await look()).audit).toMatchObject({ ok: false, problem, seq });
    expect(await fixture.store.verify()).toMatchObject({ ok: false });
  });

  it('whose head was changed takes no more records: they would hide that', async () => {
    await written(2);
    tamper('update audit_head set seq = 1');
    await expect(fixture.store.audit.append(entry)).rejects.toThrow('audit verify');
    tamper('delete from audit_head');
    await expect(fixture.store.audit.head()).rejects.toThrow('its head is missing');
  });

  it('is compared with a head that was saved, after it has grown', async () => {
    await written(2);
    const early = await fixture.store.audit.head();
    await written(2);
    const late = await fixture.store.audit.head();

    expect(await look(fixture.url, early)).toMatchObject({ ok: true, audit: { head: headText(late) } });
    expect(await look(fixture.url, late)).toMatchObject({ ok: true });
    for (const [saved, seq] of [
      [{ ...early, seq: 3 }, 3],
      [{ ...late, seq: 9 }, 5],
    ] as const)
      expect((await look(fixture.url, saved)).audit).toMatchObject({ ok: false, problem: 'saved_head', seq });
  });

  it('says its newest record once a while, and whether it has an event', async () => {
    const { audit } = fixture.store;
    expect(await audit.headToShip(100, 10)).toBeUndefined();
    await written(1);
    expect(await audit.headToShip(100, 10)).toEqual(await audit.head());
    await written(1);
    expect(await fixture.other.audit.headToShip(109, 10)).toBeUndefined();
    expect(await fixture.other.audit.headToShip(110, 10)).toMatchObject({ seq: 2 });
    expect(await audit.headToShip(200, 10)).toBeUndefined();

    const about = { request: 'R1', person: 'U0DEV1', since: 1000 };
    expect(await audit.leftAs(about)).toBe('ended');
    for (const other of [{ request: 'R2' }, { person: 'U0X' }, { since: 1001 }])
      expect(await audit.leftAs({ ...about, ...other })).toBeUndefined();
  });
});
