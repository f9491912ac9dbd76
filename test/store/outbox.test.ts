import { expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createSigner } from '../../src/store/signer.ts';
import { freshStore } from './fixture.ts';
import { KEYS } from './keys.ts';

const fixture = freshStore();

it('gives the first of each place, in the order they came, and keeps them over a restart', async () => {
  for (const [place, note] of [
    ['C1', 'a'],
    ['C2', 'b'],
    ['C1', 'c'],
  ] as const)
    await fixture.store.outbox.add({ place, note, at: 5 });

  expect(await fixture.other.outbox.next(10)).toEqual([
    { seq: 1, place: 'C1', note: 'a', at: 5, attempts: 0 },
    { seq: 2, place: 'C2', note: 'b', at: 5, attempts: 0 },
  ]);
});

it('says how much waits, and since when', async () => {
  const { store, other } = fixture;
  expect(await other.outbox.backlog()).toEqual({ count: 0, oldestAt: undefined });
  for (const at of [7, 5]) await store.outbox.add({ place: 'C1', note: 'a', at });
  expect(await other.outbox.backlog()).toEqual({ count: 2, oldestAt: 5 });
});

it('lets one process try a note, and only that one put it back or remove it', async () => {
  const { store, other } = fixture;
  await store.outbox.add({ place: 'C1', note: 'a', at: 5 });
  const [seen] = await store.outbox.next(1);
  if (!seen) throw new Error('It is not there.');

  expect(await store.outbox.claim(seen, 'one')).toBe(true);
  expect(await other.outbox.claim(seen, 'two')).toBe(false);
  await other.outbox.release(seen.seq, 'two');
  await other.outbox.remove(seen.seq, 'two');

  expect(await other.outbox.next(1)).toMatchObject([{ owner: 'one', attempts: 1 }]);
  await store.outbox.remove(seen.seq, 'one');
  expect(await other.outbox.next(1)).toEqual([]);
});

it('has no note where a row was written or changed by something without the key', async () => {
  const { store, other, url } = fixture;
  for (const place of ['C1', 'C2', 'C3', 'C4']) await store.outbox.add({ place, note: `for ${place}`, at: 5 });
  const { sql } = await openDatabase(url, KEYS.record, createSigner(KEYS.record));
  await sql.query("update outbox set place = 'C9' where place = 'C1'");
  await sql.query("update outbox set note = replace(note, 'for C2', 'for me') where place = 'C2'");
  await sql.query("update outbox set at = 6 where place = 'C3'");
  await sql.query(
    `insert into outbox (seq, place, note, at) values (9, 'C8', '{"kind":"lock-ended","service":"shop"}', 5)`,
  );
  await sql.query("insert into outbox (seq, place, note, at) values (10, 'C7', 'no JSON', 5)");
  await sql.close();

  expect((await other.outbox.next(10)).map(({ place, note }) => [place, note])).toEqual([
    ['C9', undefined],
    ['C2', undefined],
    ['C3', undefined],
    ['C4', 'for C4'],
    ['C8', undefined],
    ['C7', undefined],
  ]);
});
