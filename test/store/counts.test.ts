import { expect, it } from 'vitest';
import { freshStore, question } from './fixture.ts';

const fixture = freshStore();
const NONE = { notes: 0, changes: 0, cards: 0, deployments: 0, locks: 0 };

it('counts what waits, as numbers, where there is nothing and where there is something', async () => {
  const { store, other } = fixture;
  const before = await other.watching.counts(100);
  expect(before).toMatchObject({ pending: new Map(), locks: 0, queues: new Map(Object.entries(NONE)) });
  expect(before.scanAgeMs).toBeUndefined();

  await store.approvals.create(question('A1'));
  await store.approvals.create(question('A2', { service: 'api', expiresAt: 50 }));
  const { service: _, ...ofNoService } = question('A3', { command: 'prune' });
  await store.approvals.create(ofNoService);
  await store.approvals.create(question('A4'));
  await store.deployments.start({ id: 'D4', approval: 'A4', hosts: ['web-1'], by: 'U0OPS1', at: 10 });
  await store.outbox.add({ place: 'C1', note: 'a', at: 5 });
  await store.scans.put({ digest: 'sha256:a', platform: 'linux/amd64', scanner: 'trivy' }, { at: 40, body: '{}' });

  expect(await other.watching.counts(100)).toMatchObject({
    pending: new Map([
      ['', 1],
      ['shop', 1],
    ]),
    queues: new Map(Object.entries({ ...NONE, notes: 1, deployments: 1 })),
    scanAgeMs: 60,
    // How A4 was answered.
    auditLength: before.auditLength + 1,
  });
  // By a clock that was set back.
  expect(await other.watching.counts(30)).toMatchObject({ scanAgeMs: 0 });
});

it('knows that the database takes writes, and changes nothing for that', async () => {
  const { store } = fixture;
  const before = await store.audit.head();
  await store.watching.assertWritable();
  expect(await store.audit.head()).toEqual(before);
});
