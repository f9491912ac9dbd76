import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '../../src/store/store.ts';
import { smallDisk } from '../bed/small-disk.ts';
import { auditEntry, question } from '../store/fixture.ts';
import { KEYS, RECORD_KEY } from '../store/keys.ts';
import { cli } from './cli.ts';

let folder: string;
let path: string;
let copy: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-backup-'));
  path = join(folder, 'fairlead.db');
  copy = join(folder, 'copy.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = auditEntry();
const env = (file = path) => ({ DATABASE_URL: `file:${file}`, FAIRLEAD_RECORD_KEY: RECORD_KEY });
const backup = (...args: string[]) => cli(['backup', ...args], env(), folder);
const audit = (file: string, ...args: string[]) => cli(['audit', ...args], env(file), folder);

async function filled(records = 3, detail = ''): Promise<Store> {
  const store = await openStore(`file:${path}`, KEYS);
  for (let round = 0; round < records; round += 1) await store.audit.append({ ...entry, detail });
  return store;
}

describe('backup', () => {
  it('copies what is only in the write-ahead log so far, for this user alone, and verifies the copy', async () => {
    const store = await filled();
    await store.approvals.create(question('A1'));
    expect(statSync(path).size).toBeLessThan(statSync(`${path}-wal`).size);

    const { code, out } = await backup(copy);

    expect(out).toContain(copy);
    expect(out).toContain('3 audit records');
    expect(code).toBe(0);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => /copy|part/u.test(name))).toEqual(['copy.db']);
    const { seq, hash } = await store.audit.head();
    expect(out).toContain(`Head: ${seq}:${hash}`);
    await store.audit.append(entry);
    await store.close();
    // The copy stands for itself: no log is missing beside it.
    expect(await audit(copy, 'verify', '--head', `${seq}:${hash}`)).toMatchObject({ code: 0 });
  });

  it('made while a process writes without a pause holds a whole log up to a moment', { timeout: 120_000 }, async () => {
    const script = `import { openStore } from './src/store/store.ts';
      const store = await openStore(process.argv[1], ${JSON.stringify(KEYS)});
      for (;;) {
        await Promise.all(Array.from({ length: 20 }, () => store.audit.append(${JSON.stringify(entry)})));
        process.stdout.write('.');
      }`;
    const writer = spawn(process.execPath, ['--input-type=module', '-e', script, `file:${path}`]);
    const ended = once(writer, 'exit');
    try {
      await once(writer.stdout, 'data');
      for (const name of ['one.db', 'two.db']) {
        await once(writer.stdout, 'data');
        const { code, out } = await backup(join(folder, name));
        expect({ out, code }).toMatchObject({ code: 0 });
        const head = /Head: (\d+:[0-9a-f]{64})/u.exec(out)?.[1] ?? '';
        // The database has gone on since, and holds the same beginning.
        expect(await audit(path, 'verify', '--head', head)).toMatchObject({ code: 0 });
        expect((await audit(join(folder, name), 'head')).out.trim()).toBe(head);
      }
    } finally {
      writer.kill('SIGKILL');
      await ended;
    }
  });

  it('is restored to the place of a lost database, and the bot goes on from there', async () => {
    await (await filled(5)).close();
    const { out } = await backup(copy);
    const head = /Head: (\S+)/u.exec(out)?.[1] ?? '';
    rmSync(path);
    copyFileSync(copy, path);
    // A bot that starts on the copy itself would go on with what was under way then.
    await expect(openStore(`file:${path}`, KEYS)).rejects.toThrow('it is a backup');
    rmSync(path);

    expect(await cli(['restore', copy], env(), folder)).toMatchObject({ code: 0 });
    expect(await audit(path, 'verify', '--head', head)).toMatchObject({ code: 0 });
    const store = await filled(1);
    expect(store.origin).toBe('existing');
    expect(await store.verify()).toMatchObject({ ok: true, audit: { records: 7 } });
    await store.close();
  });

  it('overwrites nothing without being told, and the database itself never', async () => {
    await (await filled()).close();
    writeFileSync(copy, 'precious');
    expect(await backup(copy)).toMatchObject({ code: 1, out: expect.stringContaining('copy.db is there already') });
    expect(readFileSync(copy, 'utf8')).toBe('precious');
    expect(await backup(copy, '--force')).toMatchObject({ code: 0 });
    expect(await audit(copy, 'verify')).toMatchObject({ code: 0 });

    symlinkSync(path, join(folder, 'link.db'));
    linkSync(path, join(folder, 'hard.db'));
    const before = readFileSync(path);
    for (const name of ['fairlead.db', 'link.db', 'hard.db', 'fairlead.db-wal', './x/../fairlead.db-shm'])
      expect(await backup('--force', join(folder, name))).toMatchObject({ code: 1 });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('leaves no log of another database beside its copy', async () => {
    await (await filled()).close();
    writeFileSync(`${copy}-wal`, 'the log of what was there');
    expect(await backup(copy)).toMatchObject({ code: 1, out: expect.stringContaining('copy.db-wal is there already') });
    expect(existsSync(copy)).toBe(false);
    expect(await backup(copy, '--force')).toMatchObject({ code: 0 });
    expect(existsSync(`${copy}-wal`)).toBe(false);
  });

  it('says what is in the way, and makes nothing', async () => {
    await (await filled()).close();
    mkdirSync(join(folder, 'folder'));
    for (const [target, cause] of [
      [join(folder, 'folder'), 'is a folder'],
      [join(folder, 'gone/copy.db'), 'gone cannot be written'],
      [join(path, 'copy.db'), 'cannot be written'],
      ['', '--force replaces'],
    ] as const) {
      const { code, out } = await backup(target);
      expect({ target, code }).toEqual({ target, code: 1 });
      expect(out).toContain(cause);
      expect(out.trim().split('\n').length).toBeLessThan(3);
    }
    expect(readdirSync(folder).sort()).toEqual(['fairlead.db', 'folder']);
  });

  it.each([
    ['no database', () => rmSync(path), 'there is no such file'],
    ['half a database', () => truncateSync(path, 8192), 'it is damaged'],
    ['text', () => writeFileSync(path, 'text'.repeat(100)), 'not an SQLite database'],
  ])('is not made of %s', async (_what, spoil, cause) => {
    await (await filled(40)).close();
    spoil();
    const { code, out } = await backup(copy);
    expect(code).toBe(1);
    expect(out).toContain('No backup was made');
    expect(out).toContain(cause);
    expect(readdirSync(folder).filter((name) => name.includes('copy'))).toEqual([]);
  });

  it('of a log that was tampered with is kept, and said to be so', async () => {
    await (await filled()).close();
    const db = new DatabaseSync(path);
    db.exec('drop trigger audit_no_update; update audit set mac = null where seq = 2');
    db.close();
    const { code, out } = await backup(copy);
    expect(code).toBe(1);
    expect(out).toContain('Record 2 was not signed');
    expect(out).toContain('`fairlead restore` refuses this copy');
    expect(existsSync(copy)).toBe(true);
  });

  it('of a version from before an upgrade is made, and not verified', async () => {
    await (await filled()).close();
    const db = new DatabaseSync(path);
    db.exec('delete from versions where version > 2');
    db.close();
    const { code, out } = await backup(copy);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('it is at version 2') });
  });

  it.runIf(process.getuid?.() === 0)('does not fill a disk that has no space for it', async () => {
    await (await filled(400, 'x'.repeat(2000))).close();
    using disk = smallDisk(join(folder, 'disk'), 1);
    writeFileSync(join(folder, 'disk/other'), Buffer.alloc(700_000));
    const { code, out } = await backup(join(folder, 'disk/copy.db'));
    expect({ code, out }).toMatchObject({ code: 1, out: expect.stringMatching(/has \d+kB free/u) });
    disk.fill();
    expect(await backup(join(folder, 'disk/copy.db'))).toMatchObject({ code: 1 });
    expect(readdirSync(join(folder, 'disk')).sort()).toEqual(['filler', 'other']);
  });
});

describe('audit verify, of an empty log', () => {
  it('says that the database was never used, and has no head to save', async () => {
    await (await filled(0)).close();
    expect(await audit(path, 'verify')).toMatchObject({ code: 0, out: expect.stringContaining('never used') });
    expect(await audit(path, 'head')).toMatchObject({ code: 1, out: expect.stringContaining('empty') });
    const head = `5:${'a'.repeat(64)}`;
    expect(await audit(path, 'verify', '--head', head)).toMatchObject({ code: 1 });
  });

  it.each([
    ['what was asked', async (store: Store) => void (await store.approvals.create(question('A1'))), '1 approvals'],
    [
      'that its head was made known',
      async (store: Store) => void (await store.audit.headToShip(10, 1)),
      'its head was made known at record 3',
    ],
  ])('knows by %s that the log was lost', async (_what, leave, cause) => {
    const empty = await openStore(`file:${path}`, KEYS);
    onTestFinished(() => empty.close());
    const db = new DatabaseSync(path);
    const { mac } = db.prepare('select mac from audit_head').get() as { mac: string };
    const store = await filled();
    await leave(store);
    await store.close();
    // The head of the beginning, put back: its signature is right.
    db.exec('drop trigger audit_no_delete; delete from audit');
    db.prepare("update audit_head set seq = 0, hash = '', mac = ?").run(mac);
    db.close();

    const { code, out } = await audit(path, 'verify');
    expect(code).toBe(1);
    expect(out).toContain(cause);
  });
});
