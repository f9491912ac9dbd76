import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { entry, tamper, verify } from './audit-file.ts';
import { KEYS } from './keys.ts';

let folder: string;
let url: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-store-'));
  url = `file:${join(folder, 'test.db')}`;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the audit log', () => {
  it('is written to its end before the store closes, and closing twice is no mistake', async () => {
    const store = await openStore(url, KEYS);
    const late = store.audit.append(entry('R'));
    await store.close();
    await store.close();
    await late;
    expect(await verify(url)).toMatchObject({ ok: true, records: 1 });
  });

  it('keeps one chain when two processes write at once', async () => {
    const script = `import { openStore } from './src/store/store.ts';
      const store = await openStore(process.argv[1], ${JSON.stringify(KEYS)});
      for (let round = 0; round < 60; round += 1) await Promise.all([1, 2, 3].map(() => store.audit.append(${JSON.stringify(entry('R'))})));
      await store.close();`;
    const children = [1, 2].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', script, url], { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
    await Promise.all(children.map((child) => once(child, 'exit')));
    expect(await verify(url)).toMatchObject({ ok: true, records: 360 });
  }, 120_000);

  it.each(['is written once the lock is free', 'is written as the store closes'])(
    'that comes while another process holds the write lock %s, and holds up nothing else',
    async (when) => {
      const store = await openStore(url, KEYS);
      const other = new DatabaseSync(url.slice(5));
      other.exec('begin immediate');
      const appended = store.audit.append(entry('R'));
      // A wait inside SQLite would never pass this line: this very thread holds the lock.
      await nextTurn();
      await nextTurn();
      other.exec('commit');
      if (when.includes('closes')) await store.close();

      expect(await appended).toMatchObject({ seq: 1 });
      other.close();
      await store.close();
      expect(await verify(url)).toMatchObject({ ok: true, records: 1 });
    },
  );

  it('is given up once another process has held the write lock for too long', async () => {
    const store = await openStore(url, KEYS);
    const other = new DatabaseSync(url.slice(5));
    other.exec('begin immediate');
    const appended = expect(store.audit.append(entry('R'))).rejects.toThrow('another process keeps it locked');
    await nextTurn();
    await nextTurn();
    const later = performance.now() + 16_000;
    const clock = vi.spyOn(performance, 'now').mockReturnValue(later);
    await appended;
    clock.mockRestore();
    other.exec('rollback');

    expect(await store.audit.append(entry('R'))).toMatchObject({ seq: 1 });
    other.close();
    await store.close();
  });

  it('rejects waiting appends when it cannot be written, at its close too', async () => {
    const store = await openStore(url, KEYS);
    tamper(url, 'drop table audit_head');
    await expect(store.audit.append(entry('R'))).rejects.toThrow('no such table');
    const late = expect(store.audit.append(entry('R'))).rejects.toThrow('no such table');
    await store.close();
    await late;
  });

  it('is searched far back for a host, letting others have their turn', async () => {
    const store = await openStore(url, KEYS);
    await store.audit.append({ ...entry('R'), hosts: ['web-9'] });
    await Promise.all(Array.from({ length: 2500 }, () => store.audit.append(entry('R'))));
    let turns = 0;
    const tick = () => {
      turns += 1;
      next = setImmediate(tick);
    };
    let next = setImmediate(tick);
    const found = await store.audit.search({ host: 'web-9', limit: 5 });
    clearImmediate(next);

    expect(found).toMatchObject([{ seq: 1 }]);
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(await store.audit.search({ skip: 2400, limit: 3 })).toMatchObject([{ seq: 101 }, { seq: 100 }, { seq: 99 }]);
    await store.close();
  });

  it('is believed only once its file has been synced', async () => {
    const store = await openStore(url, KEYS);
    // Committed it can be without it; acknowledged it must not be.
    rmSync(`${url.slice(5)}-wal`);
    await expect(store.audit.append(entry('R'))).rejects.toThrow('-wal was removed');
    await store.close();
  });

  it('loses nothing acknowledged to SIGKILL, at random moments under load', async () => {
    const script = `import { openStore } from './src/store/store.ts';
      const store = await openStore(process.argv[1], ${JSON.stringify(KEYS)});
      for (;;) await Promise.all(Array.from({ length: 20 }, async () => {
        const { seq } = await store.audit.append(${JSON.stringify(entry('R'))});
        process.stdout.write(seq + '\\n');
      }));`;
    let acknowledged = 0;
    for (let round = 0; round < 8; round += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, url], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const limit = acknowledged + 1 + Math.floor(Math.random() * 400);
      let text = '';
      const whole = () => text.slice(0, text.lastIndexOf('\n')).split('\n').map(Number);
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if ((whole().at(-1) ?? 0) >= limit) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const result = await verify(url);
      expect(result).toMatchObject({ ok: true });
      expect(result.records).toBeGreaterThanOrEqual(Math.max(...whole()));
      acknowledged = result.records;
    }
  }, 180_000);
});
