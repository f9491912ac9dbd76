import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createSigner } from '../../src/store/signer.ts';
import { openStore } from '../../src/store/store.ts';
import { freshStore } from './fixture.ts';
import { KEYS } from './keys.ts';

const fixture = freshStore();
const key = { channel: 'C0STAGING', ts: '1764312000.000100' };
const delivery = { ...key, at: 1 };
const asked = { line: 'pull shop', respondTo: 'https://hooks.slack.com/commands/secret' };

describe('a delivery that is to be answered', () => {
  it('is unanswered from its record on, for every process, until its own process has answered it', async () => {
    const { store, other } = fixture;
    expect(await store.deliveries.isFirst(delivery, { owner: 'A', asked })).toBe(true);
    expect(await other.deliveries.isFirst(delivery, { owner: 'B', asked })).toBe(false);

    expect(await other.deliveries.unanswered()).toEqual([
      { ...delivery, owner: 'A', asked, ageMs: expect.any(Number) },
    ]);
    await other.deliveries.answered(key, 'B');
    expect(await store.deliveries.unanswered()).toHaveLength(1);
    expect(await store.deliveries.answered(key, 'A')).toBe('first');
    expect(await other.deliveries.unanswered()).toEqual([]);
    // It stays known, so that it is not carried out again.
    expect(await other.deliveries.isFirst(delivery, { owner: 'B', asked })).toBe(false);
    expect(await other.deliveries.unanswered()).toEqual([]);
  });

  it('is claimed by one of several processes, and not by one that came late', async () => {
    const { store, other } = fixture;
    await store.deliveries.isFirst(delivery, { owner: 'A', asked });
    const [seen] = await other.deliveries.unanswered();
    if (!seen) throw new Error('not unanswered');

    const claims = await Promise.all(
      [store, other, store, other].map((one, by) => one.deliveries.claim(seen, `C${by}`)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await store.deliveries.claim(seen, 'D')).toBe(false);
    // The former owner has lost it, whatever it still says.
    expect(await store.deliveries.answered(key, 'A')).toBe('being-told');
    await store.deliveries.update(key, 'A', { line: 'other' });
    const teller = `C${claims.indexOf(true)}`;
    expect(await store.deliveries.unanswered()).toMatchObject([{ owner: teller, asked }]);
    // And learns that its person was told that no answer comes.
    await other.deliveries.told(key, teller);
    expect(await store.deliveries.unanswered()).toEqual([]);
    expect(await store.deliveries.answered(key, 'A')).toBe('told');
  });

  it('says what its owner has added, and keeps none of it readable in the database', async () => {
    const { url, store, other } = fixture;
    await store.deliveries.isFirst(delivery, { owner: 'A', asked });
    await store.deliveries.update(key, 'A', { ...asked, live: 'C1' });
    expect(await other.deliveries.unanswered()).toMatchObject([{ asked: { ...asked, live: 'C1' } }]);

    const otherKeys = { ...KEYS, record: { current: 'f'.repeat(64) } };
    const stranger = await openStore(url, otherKeys);
    expect(await stranger.deliveries.unanswered()).toMatchObject([{ owner: 'A', asked: undefined }]);
    await stranger.close();
  });

  it('is as old as the clock of the database says, whatever the clocks of processes say', async () => {
    const { store } = fixture;
    await store.deliveries.isFirst({ ...key, at: Date.now() - 3_600_000 }, { owner: 'A', asked });
    const [seen] = await store.deliveries.unanswered();
    expect(seen?.ageMs).toBeGreaterThanOrEqual(0);
    expect(seen?.ageMs).toBeLessThan(60_000);
  });

  it('is not young for an hour where the clock of the database was set back by one', async () => {
    const { store, url } = fixture;
    await store.deliveries.isFirst(delivery, { owner: 'A', asked });
    const { sql } = await openDatabase(url, KEYS.record, createSigner(KEYS.record));
    await sql.query('update deliveries set since = since + 3600000');
    await sql.close();
    expect((await store.deliveries.unanswered())[0]?.ageMs).toBeGreaterThan(60_000);
  });
});
