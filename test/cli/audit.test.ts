import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chain } from '../../src/store/audit.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { auditEntry, question } from '../store/fixture.ts';
import { KEYS, RECORD_KEY } from '../store/keys.ts';
import { cli } from './cli.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-audit-'));
  path = join(folder, 'fairlead.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = auditEntry();

async function filled(records = 3): Promise<Store> {
  const store = await openStore(`file:${path}`, KEYS);
  for (let round = 0; round < records; round += 1) await store.audit.append(entry);
  return store;
}

const audit = (args: readonly string[], file = path, key: string | undefined = RECORD_KEY) =>
  cli(['audit', ...args], { DATABASE_URL: `file:${file}`, FAIRLEAD_RECORD_KEY: key }, folder);

function tamper(...statements: readonly string[]): void {
  const db = new DatabaseSync(path);
  db.exec('pragma foreign_keys = off');
  for (const statement of statements) db.exec(statement);
  db.close();
}

describe('audit verify', () => {
  it('says that all is signed, of a database in use as of one that is closed', async () => {
    const store = await filled();
    expect(await audit(['verify'])).toMatchObject({ code: 0 });
    await store.close();
    const { code, out } = await audit(['verify']);
    expect(code).toBe(0);
    expect(out).toContain('3 audit records');
    expect(out).toContain(`Head: ${(await audit(['head'])).out.trim()}`);
  });

  it('makes nothing of a path that is not there, an empty file, and what is no database of Fairlead', async () => {
    writeFileSync(join(folder, 'empty.db'), '');
    writeFileSync(join(folder, 'text.db'), 'no database'.repeat(1000));
    writeFileSync(join(folder, 'cut.db'), 'SQLite format 3\0');
    const other = new DatabaseSync(join(folder, 'other.db'));
    other.exec('create table shopping (item)');
    other.close();
    const before = readdirSync(folder);
    for (const name of ['gone.db', 'deep/gone.db', 'empty.db', 'text.db', 'cut.db', 'other.db', '.']) {
      const { code, out } = await audit(['verify'], join(folder, name));
      expect({ name, code }).toEqual({ name, code: 1 });
      expect(out).toContain('Nothing was verified');
    }
    expect(readdirSync(folder)).toEqual(before);
  });

  it('says so of the copy of a running database without its log', async () => {
    const store = await filled();
    const copy = join(folder, 'copy.db');
    copyFileSync(path, copy);
    const { code, out } = await audit(['verify'], copy);
    expect(code).toBe(1);
    expect(out).toContain(`${copy}-wal`);
    expect(existsSync(`${copy}-wal`)).toBe(false);

    copyFileSync(`${path}-wal`, `${copy}-wal`);
    expect(await audit(['verify'], copy)).toMatchObject({ code: 0 });
    await store.close();
  });

  it('names each forged row', async () => {
    const store = await filled();
    await store.close();
    tamper(
      `insert into approvals (id, command, service, line, channel, requested_by, requested_at, expires_at, plan, hash, state)
       values ('A-EVIL', 'deploy', 'shop', 'x', 'C0PROD', 'U0DEV1', 1, 2, '{}', '00', 'approved')`,
      `insert into deployments (id, approval, command, service, line, channel, requested_by, started_by, plan, hash, created_at, state, attempt)
       values ('D-EVIL', 'A-EVIL', 'deploy', 'shop', 'x', 'C0PROD', 'U0DEV1', 'U0DEV1', '{}', '00', 1, 'queued', 0)`,
    );
    const { code, out } = await audit(['verify']);
    expect(code).toBe(1);
    expect(out).toContain('approvals A-EVIL');
    expect(out).toContain('deployments D-EVIL');
  });

  it.each([
    ['a tail that was cut', 'delete from audit where seq > 2'],
    [
      'a tail that was cut, with the head put back',
      'delete from audit where seq > 2',
      'update audit_head set seq = 2, hash = (select hash from audit where seq = 2), mac = (select mac from audit where seq = 2)',
    ],
    ['a record without its MAC', 'update audit set mac = null where seq = 2'],
    ['records said to be from before', 'update audit set mac = null', 'update audit_head set signed_from = 4'],
    ['a head that was taken away', 'delete from audit_head'],
  ])('finds %s', async (_what, ...statements) => {
    await (await filled()).close();
    tamper('drop trigger audit_no_delete', 'drop trigger audit_no_update', ...statements);
    expect(await audit(['verify'])).toMatchObject({ code: 1 });
    expect(await audit(['head'])).toMatchObject({ code: 1 });
  });

  it.each(['not JSON', 'null', '7'])('names a record appended without the key whose text is %s', async (text) => {
    await (await filled()).close();
    const db = new DatabaseSync(path);
    const { hash } = db.prepare('select hash from audit where seq = 3').get() as { hash: string };
    db.prepare(
      `insert into audit (seq, at, kind, person, channel, command, entry, prev, hash)
       values (4, 1, 'event', '', '', 'ps', ?, ?, ?)`,
    ).run(text, hash, chain(hash, 4, text));
    db.close();
    const { code, out } = await audit(['verify']);
    expect(code).toBe(1);
    expect(out).toContain('Record 4 was changed');
  });

  it('compares with a saved head after the log has grown, and finds an older copy of the whole file', async () => {
    await (await filled(2)).close();
    const early = (await audit(['head'])).out.trim();
    const old = join(folder, 'old.db');
    copyFileSync(path, old);
    await (await filled(2)).close();
    const late = (await audit(['head'])).out.trim();

    expect(early).toMatch(/^2:[0-9a-f]{64}$/u);
    expect(late).toMatch(/^4:/u);
    expect(await audit(['verify', '--head', early])).toMatchObject({ code: 0 });
    expect(await audit(['verify', '--head', late])).toMatchObject({ code: 0 });
    expect(await audit(['verify', '--head', late], old)).toMatchObject({ code: 1 });
    expect(await audit(['verify', '--head', early.replace('2:', '3:')])).toMatchObject({ code: 1 });
    expect(await audit(['verify', '--head', '2:abc'])).toMatchObject({ code: 1 });
    expect(await audit(['head', '--head', early])).toMatchObject({ code: 1 });
  });

  it('needs the key, and with another one nothing is signed', async () => {
    const store = await filled();
    await store.approvals.create(question('A1'));
    await store.close();
    const without = await audit(['verify'], path, '');
    expect(without.code).toBe(1);
    expect(without.out).toContain('FAIRLEAD_RECORD_KEY is not set');
    const { code, out } = await audit(['verify'], path, 'ab'.repeat(32));
    expect(code).toBe(1);
    expect(out).toContain('approvals A1');
  });

  it('does not append to a log whose head was changed: that would hide the cut', async () => {
    await (await filled()).close();
    tamper('drop trigger audit_no_delete', 'delete from audit where seq = 3', 'update audit_head set seq = 2');
    const store = await openStore(`file:${path}`, KEYS);
    await expect(store.audit.append(entry)).rejects.toThrow('audit verify');
    await expect(store.audit.head()).rejects.toThrow('audit verify');
    await store.close();
  });
});

describe('run', () => {
  it('records the operating-system user, beside the person in whose name it is said', async () => {
    writeFileSync(
      join(folder, 'fairlead.yml'),
      JSON.stringify({
        slack: { team: 'T0TEAM' },
        hosts: { 'web-1': { url: 'unix:///nowhere' } },
        roles: { viewer: { commands: ['audit'] } },
        channels: { C0TEAM: { grants: [{ role: 'viewer', hosts: 'all' }] } },
      }),
    );
    const env = { DATABASE_URL: `file:${path}`, FAIRLEAD_CONFIG: join(folder, 'fairlead.yml') };
    const run = (more: NodeJS.ProcessEnv) =>
      cli(['run', '/dock audit', '--as', 'U0DEV1', '--in', 'C0TEAM'], more, folder);
    const without = await run(env);
    expect(without.code).toBe(1);
    expect(without.out).toContain('FAIRLEAD_RECORD_KEY is not set');
    expect(existsSync(path)).toBe(false);
    expect(await run({ ...env, FAIRLEAD_RECORD_KEY: RECORD_KEY })).toMatchObject({ code: 0 });
    expect(await run({ ...env, FAIRLEAD_RECORD_KEY: RECORD_KEY, USER: 'mallory', LOGNAME: 'mallory' })).toMatchObject({
      code: 0,
    });

    const store = await openStore(`file:${path}`, KEYS);
    const records = await store.audit.search({ limit: 10 });
    await store.close();
    const operator = `${userInfo().username} (${process.getuid?.()})`;
    expect(records).toHaveLength(4);
    expect(new Set(records.map((record) => record.operator))).toEqual(new Set([operator]));
    expect(new Set(records.map(({ person }) => person))).toEqual(new Set(['U0DEV1']));
  });

  it('says people, channels and commands as text, at a terminal and for scripts', async () => {
    writeFileSync(
      join(folder, 'fairlead.yml'),
      JSON.stringify({
        slack: { team: 'T0TEAM', prefix: 'd-' },
        hosts: { 'web-1': { url: 'unix:///nowhere' } },
        services: { shop: { image: 'localhost:5000/shop', hosts: 'all' } },
        roles: { releaser: { commands: ['lock', 'unlock'] } },
        channels: { C0TEAM: { grants: [{ role: 'releaser', hosts: 'all' }] }, C0OTHER: { grants: [] } },
      }),
    );
    const env = {
      DATABASE_URL: `file:${path}`,
      FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
      FAIRLEAD_RECORD_KEY: RECORD_KEY,
    };
    const run = async (line: string, person: string, channel = 'C0TEAM', ...more: string[]) =>
      (await cli(['run', line, '--as', person, '--in', channel, ...more], env, folder)).out;
    const json = async (line: string, person: string, channel = 'C0TEAM') =>
      JSON.parse(await run(line, person, channel, '--json')) as unknown;
    await run('/dock lock shop for 2h', 'U0DEV1');

    expect(await json('/dock unlock shop', 'U0OPS1')).toMatchObject({
      refused: 'not_permitted',
      text: expect.stringMatching(/locked by @U0DEV1 /u),
      hint: expect.stringMatching(/^\/d-dock lock shop --take/u),
    });
    expect(await json('/dock lock shop', 'U0DEV1', 'C0OTHER')).toMatchObject({
      hint: expect.stringContaining('#C0TEAM'),
    });
    const out = await run('/dock unlock shop', 'U0OPS1');
    expect(out).toContain('locked by @U0DEV1 ');
    expect(out).toContain('`/d-dock lock shop --take');
  });
});
