import { expect, it } from 'vitest';
import { asText } from '../../src/domain/phrase.ts';
import { changedLately } from '../../src/handlers/containers/why/lately.ts';
import type { DeploymentsResult } from '../../src/handlers/deploy/deployment-lines.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { deploymentsView } from '../../src/slack/views/deploy/deployments.ts';
import { question } from '../store/fixture.ts';
import { CHANNEL, type Desk, openDesk, PERSON, resultOf } from './desk.ts';
import { PLAN } from './stored.ts';

const HOSTS = ['web-1', 'web-2', 'web-3'];
const plan = {
  ...PLAN,
  hosts: PLAN.hosts.slice(0, 1).flatMap((planned) => HOSTS.map((host) => ({ ...planned, host }))),
  waves: HOSTS.map((host) => [host]),
};
const desk = () =>
  openDesk(Object.fromEntries(HOSTS.map((host) => [host, '/nowhere.sock'])), ['history', 'deployments']);

/** A deployment over three hosts that began a step on each of `begun`; it goes on without a verdict. */
async function deployed(
  { store }: Desk,
  id: string,
  begun: readonly string[],
  verdict?: string,
  outcomes: Readonly<Record<string, string>> = {},
): Promise<void> {
  const base = { plan, hash: hashOf(plan), channel: CHANNEL, requestedBy: PERSON, requestedAt: 1, expiresAt: 9e12 };
  await store.approvals.create(question(`A-${id}`, base));
  await store.deployments.start({ id, approval: `A-${id}`, hosts: HOSTS, by: 'U0OPS1', at: 10 });
  const claim = await store.deployments.claim('P1', 100);
  if (!claim) throw new Error('nothing to claim');
  for (const host of begun) await store.deployments.phase(claim.lease, { host, phase: 'pull', at: 110 });
  for (const [host, one] of Object.entries(outcomes))
    await store.deployments.hostVerdict(claim.lease, { host, verdict: one, detail: { verdict: one }, at: 150 });
  if (verdict !== undefined) await store.deployments.finish(claim.lease, { verdict, at: 200 });
}

it.each([
  ['that went back', ['web-1'], 'rolled_back', /on web-1 of 3 hosts/u],
  ['that reached all', HOSTS, 'deployed', /on web-1, web-2, web-3 ·/u],
  ['that was refused before it began', [], 'refused', /not started · no host was touched/u],
  ['under way', ['web-1', 'web-2'], undefined, /in progress · on web-1, web-2 of 3 hosts/u],
  ['in the queue', [], undefined, /in progress · no host yet/u],
])('names the hosts that a deployment %s touched, and no other', async (_, begun, verdict, words) => {
  await using it = await desk();
  await deployed(it, 'D1', begun, verdict);

  for (const line of ['/dock history shop', '/dock deployments']) {
    const result = resultOf<DeploymentsResult>(await it.say(line));
    expect(result.deployments).toMatchObject([{ hosts: begun, planned: 3 }]);
    expect(plainText(deploymentsView(result).blocks)).toMatch(words);
  }
});

it('names of a deployment that ended on some hosts only those that have its version', async () => {
  await using it = await desk();
  await deployed(it, 'D1', ['web-1', 'web-2'], 'partial', {
    'web-1': 'deployed',
    'web-2': 'rolled_back',
    'web-3': 'skipped',
  });

  for (const line of ['/dock history shop', '/dock deployments']) {
    const result = resultOf<DeploymentsResult>(await it.say(line));
    expect(result.deployments).toMatchObject([{ hosts: ['web-1'], planned: 3 }]);
    expect(plainText(deploymentsView(result).blocks)).toMatch(/on web-1 of 3 hosts/u);
  }
});

it("`/dock why` says how a deployment ended on the container's own host", async () => {
  await using it = await desk();
  await deployed(it, 'D1', ['web-1', 'web-2'], 'partial', {
    'web-1': 'deployed',
    'web-2': 'rolled_back',
    'web-3': 'skipped',
  });
  const ends = HOSTS.map(async (host) =>
    (await changedLately({ name: 'shop', host }, it.deps, 20)).map((said) => asText(said)),
  );

  expect(await Promise.all(ends)).toEqual([
    [expect.stringMatching(/: deployed$/u)],
    [expect.stringMatching(/: rolled back$/u)],
    [expect.stringMatching(/: stopped before this host$/u)],
  ]);
});
