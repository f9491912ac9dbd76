import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import { inspect } from '../../src/store/inspect.ts';
import { openStore } from '../../src/store/store.ts';
import { smallDisk } from '../bed/small-disk.ts';
import { auditEntry } from './fixture.ts';
import { KEYS } from './keys.ts';

const isRoot = process.getuid?.() === 0;
const entry = auditEntry();
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-faults-'));
  path = join(folder, 'fairlead.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What opening says: one sentence with the path and the cause, and what to do next. */
async function refusal(at = path): Promise<UserError> {
  try {
    await (await openStore(`file:${at}`, KEYS)).close();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was opened');
}

async function filled(records = 30, at = path): Promise<void> {
  const store = await openStore(`file:${at}`, KEYS);
  for (let round = 0; round < records; round += 1) await store.audit.append(entry);
  await store.close();
}

/** Files as a copy with `cp` of a running bot has them: the log is still to be copied back. */
async function copied(to: string): Promise<void> {
  const store = await openStore(`file:${path}`, KEYS);
  for (let round = 0; round < 30; round += 1) await store.audit.append(entry);
  for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${to}${end}`);
  await store.close();
}

const database = (at: string, ...statements: string[]) => {
  const db = new DatabaseSync(at);
  for (const statement of statements) db.exec(statement);
  db.close();
};

/** Breaks a page in the middle, as a bad disk does. */
function scratch(at: string): void {
  const middle = Math.floor(statSync(at).size / 8192) * 4096;
  const file = openSync(at, 'r+');
  writeSync(file, Buffer.alloc(4000, 0xa5), 0, 4000, middle);
  closeSync(file);
}

const FAULTS: Readonly<Record<string, readonly [RegExp, () => unknown]>> = {
  'a folder': [/it is a folder/u, () => mkdirSync(path)],
  'not a file': [
    /it is not a file/u,
    () => {
      path = '/dev/null';
    },
  ],
  text: [/not an SQLite database/u, () => writeFileSync(path, 'hello '.repeat(1000))],
  'a header that is cut off': [/damaged/u, () => writeFileSync(path, 'SQLite format 3\0')],
  'an end that is cut off': [
    /damaged \(\d+ of \d+ bytes are there\)/u,
    async () => {
      await filled();
      truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096);
    },
  ],
  'a damaged page': [
    /damaged/u,
    async () => {
      await filled(200);
      scratch(path);
    },
  ],
  'a beginning of zeros': [
    /not an SQLite database/u,
    async () => {
      await filled();
      const file = openSync(path, 'r+');
      writeSync(file, Buffer.alloc(4096), 0, 4096, 0);
      closeSync(file);
    },
  ],
  'tables of another program': [/belongs to another program/u, () => database(path, 'create table shopping (item)')],
  'another program’s table of versions': [
    /belongs to another program/u,
    () => database(path, 'create table versions (id text, at text)', "insert into versions values ('1.2.3', '')"),
  ],
  'a newer version': [
    /at version 99, and this Fairlead knows versions up to/u,
    async () => {
      await filled();
      database(path, 'insert into versions values (99)');
    },
  ],
  'a log of another database beside a restored copy': [
    /-wal beside it belongs to another database/u,
    async () => {
      await copied(join(folder, 'old.db'));
      renameSync(join(folder, 'old.db-wal'), `${path}-wal`);
    },
  ],
  'a log whose database is gone': [
    /no such file, but its write-ahead log/u,
    async () => {
      await copied(join(folder, 'old.db'));
      rmSync(path);
      renameSync(join(folder, 'old.db-wal'), `${path}-wal`);
    },
  ],
  'a log whose database is empty': [
    /it is empty, but its write-ahead log/u,
    async () => {
      await copied(join(folder, 'old.db'));
      writeFileSync(path, '');
      renameSync(join(folder, 'old.db-wal'), `${path}-wal`);
    },
  ],
  'a copy without its log, which had all of it': [
    /it holds nothing: it was copied while Fairlead had it open/u,
    async () => {
      const store = await openStore(`file:${path}`, KEYS);
      await store.audit.append(entry);
      copyFileSync(path, join(folder, 'copy.db'));
      await store.close();
      path = join(folder, 'copy.db');
    },
  ],
  'a folder that cannot be made': [
    /its folder .* cannot be made/u,
    () => {
      writeFileSync(join(folder, 'file'), '');
      path = join(folder, 'file/deep/fairlead.db');
    },
  ],
  'shared memory that is a folder': [
    /-shm is not a file/u,
    async () => {
      await filled();
      mkdirSync(`${path}-shm`);
    },
  ],
};

describe('a database that cannot be used', () => {
  it.each(Object.entries(FAULTS))('%s: is one sentence, and stays as it is', async (_what, [cause, make]) => {
    await make();
    const before = existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined;

    const { message, hint, reason } = await refusal();

    expect(message).toContain(path);
    expect(message).toMatch(cause);
    expect(message).not.toContain('\n');
    expect([hint, reason]).toEqual([expect.stringMatching(/\S/u), 'not_configured']);
    if (before) expect(readFileSync(path).equals(before)).toBe(true);
    // What is only read is told as well, not thrown at somebody as it is.
    if (!message.includes('-shm')) await expect(inspect(`file:${path}`, KEYS.record)).rejects.toThrow(UserError);
  });

  it('is locked by another process', async () => {
    await filled();
    const other = new DatabaseSync(path);
    other.exec('begin exclusive');
    onTestFinished(() => other.close());
    const { message } = await refusal();
    expect(message).toContain('another process keeps it locked');
  });

  it.runIf(isRoot)('may not be written by this user, and is not made readable to others', async () => {
    await filled();
    chmodSync(folder, 0o755);
    const asNobody = async () => {
      process.seteuid?.('nobody');
      try {
        return (await refusal()).message;
      } finally {
        process.seteuid?.(0);
      }
    };
    expect(await asNobody()).toMatch(/cannot be read: EACCES/u);
    chmodSync(path, 0o644);
    expect(await asNobody()).toMatch(/may not write .*fairlead\.db, which belongs to user 0 \(mode 644\)/u);
    chmodSync(path, 0o666);
    expect(await asNobody()).toMatch(/it is open to others, and belongs to user 0 \(mode 666\)/u);
  });

  it.runIf(isRoot)('is on a disk that is read-only or full', async () => {
    const mount = join(folder, 'disk');
    using disk = smallDisk(mount, 2);
    const at = join(mount, 'fairlead.db');
    await filled(3, at);
    disk.fill();
    expect((await refusal(at)).message).toContain('the disk is full');
    expect((await refusal(join(mount, 'new/fairlead.db'))).message).toMatch(/the disk is full|cannot be made: ENOSPC/u);
    disk.empty();
    await filled(1, at);
    disk.readOnly();
    expect((await refusal(at)).message).toContain('is on a read-only file system');
    expect((await refusal(join(mount, 'other.db'))).message).toContain('is on a read-only file system');
    // It can still be read.
    expect((await inspect(`file:${at}`, KEYS.record)).audit).toMatchObject({ ok: true, records: 4 });
  });

  it.each([
    ['file:', 'names no file'],
    ['file:data/', 'names no file'],
    ['mysql://localhost/fairlead', 'is not the address of a file'],
    ['"postgres://fairlead@localhost/fairlead"', 'is not the address of a file'],
    [' postgres://fairlead@localhost/fairlead', 'is not the address of a file'],
    ['"file:fairlead.db"', 'begins with a quote or a space'],
    ['file:fairlead.db?mode=ro', 'takes no options'],
  ])('is not named by DATABASE_URL=%s', async (url, cause) => {
    await expect(openStore(url, KEYS)).rejects.toThrow(cause);
  });
});

describe('a database that is used', () => {
  it('takes no more records once its file is removed or replaced: nobody would find them', async () => {
    const store = await openStore(`file:${path}`, KEYS);
    onTestFinished(() => store.close());
    await store.audit.append(entry);
    renameSync(path, `${path}.away`);
    await expect(store.audit.append(entry)).rejects.toThrow('was removed while Fairlead had it open');
    writeFileSync(path, '');
    await expect(store.audit.append(entry)).rejects.toThrow('was replaced while Fairlead had it open');
    renameSync(`${path}.away`, path);
    expect(await store.audit.append(entry)).toMatchObject({ seq: 2 });
    renameSync(`${path}-wal`, `${path}-wal.away`);
    await expect(store.audit.append(entry)).rejects.toThrow('-wal was removed while Fairlead had it open');
    await expect(Promise.all(Array.from({ length: 9 }, () => store.audit.append(entry)))).rejects.toThrow('-wal');
  });

  it.runIf(isRoot)('says that its disk is full, keeps what was there, and goes on when there is space', async () => {
    const mount = join(folder, 'disk');
    using disk = smallDisk(mount, 2);
    const store = await openStore(`file:${join(mount, 'fairlead.db')}`, KEYS);
    const long = { ...entry, detail: 'x'.repeat(20_000) };
    await store.audit.append(entry);
    disk.fill();
    const crowd = Array.from({ length: 12 }, () => store.audit.append(long));
    const results = await Promise.allSettled([...crowd, store.audit.append(long)]);
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: { why: 'the disk is full', name: 'DatabaseFault' } });
    disk.empty();
    expect(await store.audit.append(entry)).toMatchObject({ seq: 2 });
    expect(await store.verify()).toMatchObject({ ok: true });
    await store.close();
  });
});

describe('what was there before', () => {
  it('is told of a new database, of one that was there, and of a copy whose log is missing', async () => {
    const originOf = async () => {
      const store = await openStore(`file:${path}`, KEYS);
      await store.close();
      return store.origin;
    };
    expect([await originOf(), await originOf()]).toEqual(['new', 'existing']);
    const db = new DatabaseSync(path);
    db.exec('pragma journal_mode = wal');
    db.close();
    expect(await originOf()).toBe('without-log');
  });
});
