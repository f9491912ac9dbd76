import { expect, it } from 'vitest';
import { openRecords } from './stored.ts';

it.each([
  ['says that it ended well on a host', "insert into host_verdicts values ('D1', 'web-1', 'deployed', '{}', 1, null)"],
  [
    'has the MAC of another row',
    "insert into host_verdicts select 'D1', 'web-1', 'deployed', '{}', 1, mac from deployments",
  ],
])('a deployment under way is carried on where a row %s', async (_what, forged) => {
  await using records = await openRecords();
  await records.approved();
  const at = Date.now();
  const { lease } = (await records.store.deployments.claim('P1', at)) ?? {};
  if (!lease) throw new Error('nothing to claim');
  await records.store.deployments.phase(lease, { host: 'web-1', phase: 'start', at });
  await records.store.deployments.release(lease);
  const detail = JSON.stringify({ verdict: 'deployed', phase: 'retain', why: '', tryThis: '', ms: 1 });
  records.tamper(forged.replace("'{}'", `'${detail}'`));

  const { deployment, asked } = await records.outcome();

  expect(asked).toBeGreaterThan(0);
  expect(deployment.verdict).not.toBe('deployed');
  expect(await records.store.versions.of({ service: 'shop', limit: 1 })).toEqual([]);
  expect(await records.store.verify()).toMatchObject({ ok: true });
});
