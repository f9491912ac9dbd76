import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createDeliveries } from '../../src/store/deliveries.ts';
import { createSigner } from '../../src/store/signer.ts';
import { openStore } from '../../src/store/store.ts';
import { KEYS } from './keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-deliveries-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const DAY_MS = 24 * 60 * 60_000;

it('a message counts once, for every process and after a restart', async () => {
  const url = `file:${join(folder, 'once.db')}`;
  const message = { channel: 'C0STAGING', ts: '1764312000.000100', at: 1 };
  const [store, other] = [await openStore(url, KEYS), await openStore(url, KEYS)];
  const first = await Promise.all([store, other, store].map((one) => one.deliveries.isFirst(message)));
  expect(first.filter(Boolean)).toHaveLength(1);
  expect(await store.deliveries.isFirst({ ...message, channel: 'C0PROD' })).toBe(true);
  await store.close();
  await other.close();

  const again = await openStore(url, KEYS);
  expect(await again.deliveries.isFirst({ ...message, at: 2 })).toBe(false);
  await again.close();
});

it('what is older than a day is forgotten', async () => {
  const { sql, clock } = await openDatabase(`file:${join(folder, 'old.db')}`, KEYS.record, createSigner(KEYS.record));
  const deliveries = createDeliveries({ sql, clock, keys: KEYS.record, mostKept: 10, cleanEvery: 1 });
  const say = (ts: string, at: number) => deliveries.isFirst({ channel: 'C0STAGING', ts, at });
  await say('1.1', DAY_MS);
  await say('2.1', 2 * DAY_MS - 1);
  expect(await say('1.1', 2 * DAY_MS - 1)).toBe(false);
  await say('3.1', 2 * DAY_MS + 1);
  expect(await say('1.1', 2 * DAY_MS + 1)).toBe(true);
  expect(await say('2.1', 2 * DAY_MS + 1)).toBe(false);
  await sql.close();
});

it('what is too old and cannot be removed does not make a new one unrecorded', async () => {
  const { sql, clock } = await openDatabase(`file:${join(folder, 'kept.db')}`, KEYS.record, createSigner(KEYS.record));
  const deliveries = createDeliveries({ sql, clock, keys: KEYS.record, cleanEvery: 1 });
  await sql.query("create trigger kept before delete on deliveries begin select raise(abort, 'kept'); end");
  const say = (ts: string, at: number) => deliveries.isFirst({ channel: 'C0STAGING', ts, at });
  expect(await say('1.1', DAY_MS)).toBe(true);
  expect(await say('2.1', 4 * DAY_MS)).toBe(true);
  expect(await say('2.1', 4 * DAY_MS)).toBe(false);
  await sql.close();
});
