import { SPECS } from '../../src/commands/index.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import { fakeEngine, ID, json } from '../docker/fake-engine.ts';
import { auditEntry, question } from '../store/fixture.ts';
import { CHANNEL, type Desk, openDesk } from './desk.ts';
import { PLAN } from './stored.ts';

/** A host that only on-call may use. */
export const PROD = 'vault-9';
/** A person with every command, on staging. */
export const STAGING_ONLY = 'U0DEV9';
const OPS = 'U0OPS1';
const id = (end: string) => `01KB000000000000000000000${end}`;

const containers = (...names: string[]) =>
  json(
    names.map((name, at) => ({ Id: ID.replace(/^./u, `${at}`), Names: [`/${name}`], Created: 0, State: 'running' })),
  );

/** What everybody may use: a host, or a service of the host that production is on. */
export type Granted = 'staging' | 'one service';

/** One channel, on-call on production too; records of production that on-call left in that channel. */
export async function stagingDesk(granted: Granted = 'staging') {
  const isShared = granted === 'one service';
  const staging = await fakeEngine({ 'GET /containers/json': containers('shop-web'), 'GET /images/json': json([]) });
  const prod = await fakeEngine({
    'GET /containers/json': isShared ? containers('shop-web', 'till-web') : containers('till-web'),
  });
  const commands = SPECS.filter(({ access }) => access === 'granted').map(({ name }) => name);
  const desk = await openDesk({ 'staging-1': staging.socketPath, [PROD]: prod.socketPath }, commands, {
    images: {
      allow: ['registry.test/shop', 'registry.test/bank', 'docker.io/library/*'],
      push: ['registry.test/shop', 'registry.test/bank'],
    },
    budget: { commands: 1000, per: '1m' },
    groups: { ops: { people: [OPS, 'U0OPS2'] } },
    roles: { operator: { commands, exec: [{ commands: ['ls *'] }, { commands: ['id'], onGrant: true }] } },
    services: {
      shop: { image: 'registry.test/shop', hosts: isShared ? PROD : 'staging-1', container: { name: 'shop-web' } },
      bank: { image: 'registry.test/bank', hosts: PROD, container: { name: 'till-web' } },
    },
    approvals: [{ commands: ['deploy', 'rollback', 'grant'], hosts: 'all', from: ['ops'] }],
    channels: {
      [CHANNEL]: {
        grants: [
          { role: 'operator', ...(isShared ? { hosts: PROD, services: ['shop'] } : { hosts: 'staging-1' }) },
          { role: 'operator', to: ['ops'], hosts: PROD },
        ],
      },
    },
  });
  const ids = { OPEN: id('1'), RUNS: id('2'), GIVEN: id('3') };
  await record(desk, ids);
  return {
    desk,
    prod,
    ids,
    async [Symbol.asyncDispose]() {
      for (const one of [desk, staging, prod]) await one[Symbol.asyncDispose]();
    },
  };
}

async function record(
  { say, store }: Desk,
  { OPEN, RUNS, GIVEN }: Readonly<Record<'OPEN' | 'RUNS' | 'GIVEN', string>>,
) {
  const plan: DeployPlan = {
    ...PLAN,
    service: 'bank',
    image: { ...PLAN.image, repository: 'bank', tag: '7.7.7' },
    hosts: PLAN.hosts.slice(0, 1).map((one) => ({ ...one, host: PROD })),
    waves: [[PROD]],
  };
  const of = { service: 'bank', channel: CHANNEL, line: 'deploy bank 7.7.7', requestedBy: OPS };
  const base = { ...of, plan, hash: hashOf(plan), requestedAt: 1, expiresAt: 9e12 };
  for (const one of [OPEN, RUNS, id('4')]) await store.approvals.create(question(one, base));
  await store.approvals.decide({ id: id('4'), state: 'rejected', by: 'U0OPS2', at: 5, reason: 'why-not' });
  await store.approvals.vote({ id: RUNS, person: 'U0OPS2', at: 5 });
  await store.deployments.start({ id: id('5'), approval: RUNS, hosts: [PROD], by: 'U0OPS2', at: 10 });
  const claim = await store.deployments.claim('P1', 100);
  if (claim) await store.deployments.phase(claim.lease, { host: PROD, phase: 'pull', at: 110 });
  await store.versions.record({
    service: 'bank',
    host: PROD,
    repository: 'registry.test/bank',
    digest: `sha256:${'77'.repeat(32)}`,
    tag: '7.7.6',
    deployment: 'D1',
    by: OPS,
    at: 100,
    verdict: 'deployed',
  });
  const allowed = ['id'];
  const given = { container: 'till-web', allowed, reason: 'why-id', approvedBy: 'U0OPS2', beginsAt: 1, until: 9e12 };
  await store.execGrants.begin({ id: GIVEN, person: OPS, channel: CHANNEL, host: PROD, ...given });
  await store.audit.append(auditEntry({ person: OPS, channel: CHANNEL, line: of.line, hosts: [PROD], at: Date.now() }));
  await say('/dock lock bank --for 5h --reason why-lock', OPS);
}

/** What is on record of production, and would differ after a change. */
export async function prodRecords({ store }: Desk) {
  const now = Date.now();
  const [locks, queue, grants, running, pending] = await Promise.all([
    store.locks.list(now),
    store.locks.queue('bank'),
    store.execGrants.active({ now }),
    store.deployments.running(),
    store.approvals.pending({ now }),
  ]);
  return { locks, queue, grants, running, pending: pending.filter(({ service }) => service === 'bank') };
}
