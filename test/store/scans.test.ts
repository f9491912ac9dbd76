import { expect, it } from 'vitest';
import { freshStore } from './fixture.ts';

const MOST_KEPT = 300;
const key = (index: number) => ({ digest: `sha256:${index}`, platform: '', scanner: 'trivy' });

const fixture = freshStore();

it('keeps the newest report of an image, for every process', async () => {
  const { store, other } = fixture;
  await store.scans.put(key(1), { at: 1, body: 'old' });
  await other.scans.put(key(1), { at: 2, body: 'new' });

  expect(await store.scans.get(key(1))).toEqual({ at: 2, body: 'new' });
  expect(await store.scans.get({ ...key(1), platform: 'linux/arm64' })).toBeUndefined();
});

it('forgets the oldest reports beyond three hundred images', async () => {
  const { store } = fixture;
  for (let at = 1; at <= MOST_KEPT + 2; at += 1) await store.scans.put(key(at), { at, body: String(at) });

  const kept = await Promise.all([1, 2, 3, MOST_KEPT + 2].map((index) => store.scans.get(key(index))));
  expect(kept.map((one) => one?.body)).toEqual([undefined, undefined, '3', String(MOST_KEPT + 2)]);
});
