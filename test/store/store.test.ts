import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AuditEntry } from '../../src/store/audit-records.ts';
import { openStore } from '../../src/store/store.ts';
import { entry, tamper, verify } from './audit-file.ts';
import { auditEntry } from './fixture.ts';
import { KEYS } from './keys.ts';

let folder: string;
let url: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-store-'));
  url = `file:${join(folder, 'test.db')}`;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function written(count: number): Promise<void> {
  const store = await openStore(url, KEYS);
  await Promise.all(Array.from({ length: count }, (_, index) => store.audit.append(entry(`R${index}`))));
  await store.close();
}

describe('the audit log', () => {
  it('chains records, and the database refuses to change or delete them', async () => {
    await written(50);
    expect(await verify(url)).toMatchObject({ ok: true, records: 50 });
    const db = new DatabaseSync(url.slice(5));
    expect(() => db.exec('delete from audit where seq = 1')).toThrow('append-only');
    expect(() => db.exec("update audit set person = 'U0X'")).toThrow('append-only');
    db.close();
  });

  it.each(['at', 'kind', 'person', 'channel', 'command', 'decision', 'prev', 'hash'])(
    'names the record whose %s was changed',
    async (column) => {
      await written(12);
      const seq = 1 + Math.floor(Math.random() * 12);
      tamper(url, `update audit set ${column} = ${column === 'at' ? 7 : "'x'"} where seq = ${seq}`);
      expect(await verify(url)).toMatchObject({ ok: false, problem: 'changed', seq });
    },
  );

  it('is searched, the newest first', async () => {
    const store = await openStore(url, KEYS);
    const entries: Partial<AuditEntry>[] = [
      { at: 1000, person: 'U0DEV1', command: 'ps', decision: 'allow', hosts: ['web-1'] },
      { at: 2000, person: 'U0DEV1', command: 'prune', decision: 'deny', hosts: ['web-2'] },
      { at: 3000, person: 'U0OPS1', command: 'prune', decision: 'allow', hosts: ['web-1', 'web-2'] },
    ];
    for (const more of entries) await store.audit.append({ ...entry('R'), ...more });
    const found = async (query: Partial<Parameters<typeof store.audit.search>[0]>) =>
      (await store.audit.search({ limit: 10, ...query })).map(({ seq }) => seq);
    expect(await found({})).toEqual([3, 2, 1]);
    expect(await found({ limit: 2 })).toEqual([3, 2]);
    expect(await found({ person: 'U0DEV1' })).toEqual([2, 1]);
    expect(await found({ command: 'prune', decision: 'allow' })).toEqual([3]);
    expect(await found({ host: 'web-1' })).toEqual([3, 1]);
    expect(await found({ since: 2000, host: 'web-1' })).toEqual([3]);
    expect(await found({ person: "U0DEV1' or 1=1 --" })).toEqual([]);
    expect(await store.audit.search({ limit: 1 })).toMatchObject([{ command: 'prune', hosts: ['web-1', 'web-2'] }]);
    expect(await found({ skip: 1, limit: 1 })).toEqual([2]);
    await store.close();
  });

  it('is read by request: a decision with its outcome, an event on its own', async () => {
    const store = await openStore(url, KEYS);
    const put = (more: Partial<AuditEntry>) => store.audit.append(auditEntry(more));
    const ask = (request: string, decision: NonNullable<AuditEntry['decision']>) =>
      put({ request, kind: 'decision', decision });
    const end = (request: string, outcome: NonNullable<AuditEntry['outcome']>) =>
      put({ request, kind: 'outcome', outcome });
    await ask('R1', 'allow');
    await ask('R2', 'deny');
    await ask('R3', 'needs-approval');
    await end('R3', 'ok');
    await end('R1', 'failed');
    await put({ request: 'R1', kind: 'event', outcome: 'stopped' });
    await ask('R4', 'allow');
    await put({ request: 'R4', kind: 'event', outcome: 'ok' });
    await end('R4', 'partial');
    const found = async (query: Partial<Parameters<typeof store.audit.requests>[0]>) =>
      (await store.audit.requests({ limit: 10, ...query })).map(({ request, kind, ended }) => [
        request,
        kind,
        ended?.outcome,
      ]);

    expect(await found({})).toEqual([
      ['R4', 'event', undefined],
      ['R4', 'decision', 'partial'],
      ['R1', 'event', undefined],
      ['R3', 'decision', 'ok'],
      ['R2', 'decision', undefined],
      ['R1', 'decision', 'failed'],
    ]);
    expect(await found({ skip: 3, limit: 2 })).toEqual([
      ['R3', 'decision', 'ok'],
      ['R2', 'decision', undefined],
    ]);
    expect(await found({ decision: 'allow' })).toEqual([
      ['R4', 'decision', 'partial'],
      ['R1', 'decision', 'failed'],
    ]);
    await store.close();
  });

  it('names the record whose text was changed', async () => {
    await written(12);
    tamper(url, "update audit set entry = replace(entry, 'U0DEV1', 'U0OPS1') where seq = 5");
    expect(await verify(url)).toMatchObject({ ok: false, problem: 'changed', seq: 5 });
  });

  it.each([1, 4, 8])('names record %i when it is missing, the newest too', async (seq) => {
    await written(8);
    tamper(url, `delete from audit where seq = ${seq}`);
    expect(await verify(url)).toMatchObject({ ok: false, problem: 'missing', seq });
  });

  it('misses the note of which record is the newest', async () => {
    await written(3);
    tamper(url, 'delete from audit_head');
    expect(await verify(url)).toMatchObject({ ok: false, problem: 'missing', seq: 4 });
  });

  it('finds two records swapped', async () => {
    await written(6);
    tamper(
      url,
      'update audit set seq = -1 where seq = 3; update audit set seq = 3 where seq = 4; update audit set seq = 4 where seq = -1',
    );
    expect(await verify(url)).toMatchObject({ ok: false, seq: 3 });
  });

  it('is whole while a bot goes on writing', async () => {
    await written(5000);
    const script = `import { openStore } from './src/store/store.ts';
      const store = await openStore(process.argv[1], ${JSON.stringify(KEYS)});
      for (;;) process.stdout.write((await store.audit.append(${JSON.stringify(entry('R'))})).seq + '\\n');`;
    const bot = spawn(process.execPath, ['--input-type=module', '-e', script, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void bot.kill('SIGKILL'));
    const ended = once(bot, 'close');
    const store = await openStore(url, KEYS);
    const found = [];
    for (let round = 0; round < 10; round += 1) {
      // It has written since the last look, and is at it.
      await once(bot.stdout, 'data');
      found.push((await store.verify()).audit);
    }
    await store.close();
    bot.kill('SIGKILL');
    await ended;

    expect(found.filter(({ ok }) => !ok)).toEqual([]);
    expect((await verify(url)).records).toBeGreaterThan(5009);
  }, 60_000);
});
