import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/store.ts';
import { freshStore, question } from './fixture.ts';
import { KEYS } from './keys.ts';

const fixture = freshStore();
const KEY = 'ab'.repeat(32);
const GIVEN = { GREETING: 'hunter22secret' };
const opened: Store[] = [];
async function open(key: string | undefined, token?: string) {
  const store = await openStore(fixture.url, { ...KEYS, totp: key, token });
  opened.push(store);
  return store;
}
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

const onDisk = () => ['', '-wal'].map((end) => readFileSync(fixture.url.slice(5) + end, 'latin1')).join('');

describe('values given for one deploy', () => {
  it.each([
    ['the key of one-time codes', KEY, undefined],
    ['the token of the bot, where there is none', undefined, 'xoxb-1'],
  ])('are sealed under %s, and read with the same key only', async (_, key, token) => {
    await (await open(key, token)).approvals.create(question('A1', { values: GIVEN }));
    expect(await (await open(key, token)).approvals.values('A1')).toEqual(GIVEN);
    expect(onDisk().includes('deploy shop 1.4.0')).toBe(true);
    expect(onDisk().includes('hunter22')).toBe(false);
    await expect((await open('cd'.repeat(32), token)).approvals.values('A1')).rejects.toThrow('another key');
    await expect(fixture.store.approvals.values('A1')).rejects.toThrow('another key');
    expect(await fixture.store.approvals.values('A2')).toBeUndefined();
  });

  it('are not taken where nothing could seal them', async () => {
    await expect(fixture.store.approvals.create(question('A1', { values: GIVEN }))).rejects.toThrow(
      'no key to seal them',
    );
    expect(await fixture.store.approvals.get('A1')).toBeUndefined();
  });

  it.each([
    ['rejected', (store: Store) => store.approvals.decide({ id: 'A1', state: 'rejected', by: 'U1', at: 1 })],
    ['withdrawn', (store: Store) => store.approvals.decide({ id: 'A1', state: 'withdrawn', by: 'U1', at: 1 })],
    ['expired', (store: Store) => store.approvals.expire(5000)],
  ])('are forgotten when the question is %s', async (_, end) => {
    const store = await open(KEY);
    await store.approvals.create(question('A1', { values: GIVEN }));
    await end(store);
    expect(await store.approvals.values('A1')).toBeUndefined();
  });

  it('are kept while they are carried out, and forgotten at the end', async () => {
    const store = await open(KEY);
    await store.approvals.create(question('A1', { values: GIVEN }));
    await store.deployments.start({ id: 'D1', approval: 'A1', hosts: ['web-1'], by: 'U1', at: 1 });
    const claim = await store.deployments.claim('P1', 2);
    expect(await store.approvals.values('A1')).toEqual(GIVEN);
    if (claim) await store.deployments.finish(claim.lease, { verdict: 'deployed', at: 3 });
    expect(await store.approvals.values('A1')).toBeUndefined();
  });
});
