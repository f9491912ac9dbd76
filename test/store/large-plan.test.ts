import { expect, it } from 'vitest';
import { watchLoop } from '../image/loop.ts';
import { freshStore, question } from './fixture.ts';

/** Milliseconds of one turn of the event loop. */
const MOST = 100;
const HOSTS = Array.from({ length: 500 }, (_, index) => `web-${index}`);

const fixture = freshStore();

/** About what a plan says of each host. */
const plan = {
  hosts: HOSTS.map((host) => ({
    host,
    name: 'shop',
    changes: Array.from({ length: 8 }, (_, at) => ({ setting: `Env ${at}`, from: 'a'.repeat(40), to: 'b'.repeat(40) })),
    warnings: Array.from({ length: 5 }, () => 'Restarts in place: shop is down on each host while it switches.'),
  })),
  waves: [HOSTS],
};

const versionsOf = (digest: string, verdict: string) =>
  HOSTS.map((host) => ({
    service: 'shop',
    host,
    repository: 'registry.local/shop',
    digest: `sha256:${digest.repeat(64)}`,
    tag: '1.0.0',
    deployment: 'D1',
    by: 'U0DEV1',
    at: 20,
    verdict,
  }));

it('a deployment to hundreds of hosts is started, looked after and ended without keeping the event loop', async () => {
  const { approvals, deployments, versions } = fixture.store;
  await approvals.create(question('A1', { plan }));
  const served = versionsOf('a', 'served');
  const loop = watchLoop();

  const start = { id: 'D1', approval: 'A1', hosts: HOSTS, by: 'U0OPS1', at: 10, served };
  expect(await deployments.start(start)).toMatchObject({ won: true });
  const { lease, deployment } = (await deployments.claim('P1', 20)) ?? {};
  if (!lease || !deployment) throw new Error('It was not claimed.');
  for (const host of HOSTS) await deployments.phase(lease, { host, phase: 'pull', at: 30 });
  // As its card, a look for an abort and a look for deployments of silent processes do, again and again.
  for (let look = 0; look < 10; look += 1) {
    expect((await approvals.get('A1'))?.integrity).toBe('signed');
    expect((await deployments.byApproval('A1'))?.integrity).toBe('signed');
    expect(await deployments.journal('D1')).toHaveLength(HOSTS.length);
    expect(await deployments.abortedBy('D1')).toBeUndefined();
    expect(await deployments.running()).toHaveLength(1);
  }
  await deployments.finish(lease, { verdict: 'deployed', at: 40, served, verified: versionsOf('b', 'deployed') });
  const longest = loop.stop();

  expect(await versions.of({ service: 'shop', limit: 2000 })).toHaveLength(2 * HOSTS.length);
  expect(longest).toBeLessThan(MOST);
}, 30_000);

it('what only looks after a deployment reads neither its plan nor its signature', async () => {
  const { approvals, deployments } = fixture.store;
  await approvals.create(question('A1', { plan }));
  await deployments.start({ id: 'D1', approval: 'A1', hosts: ['web-1'], by: 'U0OPS1', at: 10 });

  const [open] = await deployments.running();
  expect(open).toMatchObject({ id: 'D1', service: 'shop', state: 'queued', attempt: 0 });
  expect(open).not.toHaveProperty('plan');
  expect(await deployments.requestAbort('D1', 'U0OPS2', 30)).toBe(true);
  expect(await deployments.abortedBy('D1')).toBe('U0OPS2');
  expect(await deployments.abortedBy('D2')).toBeUndefined();
});
