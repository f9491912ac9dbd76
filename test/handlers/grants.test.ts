import { expect, it } from 'vitest';
import type { AuditResult } from '../../src/handlers/access/audit.ts';
import type { ApprovalsResult } from '../../src/handlers/deploy/approvals.ts';
import type { DeploymentsResult } from '../../src/handlers/deploy/deployment-lines.ts';
import type { LocksResult } from '../../src/handlers/locks/locks.ts';
import { CHANNEL, type Desk, openDesk, PERSON, resultOf } from './desk.ts';
import { PLAN } from './stored.ts';

const COMMANDS = ['lock', 'unlock', 'locks', 'ask', 'history', 'deployments', 'audit', 'deploy'];
const LATER = Date.now() + 3_600_000;

/** A grant for `hosts` of two; `shop` is on both, `front` on staging and `bank` in production. */
const desk = (hosts: string) =>
  openDesk({ 'staging-1': '/nowhere/1.sock', 'web-1': '/nowhere/2.sock' }, COMMANDS, {
    channels: { [CHANNEL]: { grants: [{ role: 'operator', hosts }] } },
    services: {
      front: { image: 'localhost:5000/front', hosts: 'staging-1' },
      bank: { image: 'localhost:5000/bank', hosts: 'web-1' },
      shop: { image: 'localhost:5000/shop', hosts: 'all' },
    },
  });

/** A question about `service`, asked by somebody else in the same channel; with `begun`, and begun. */
async function asked({ store }: Desk, service: string, hosts: string[], begun = true): Promise<string> {
  const id = `01J9${service.toUpperCase().padEnd(22, 'Z')}`.replaceAll(/[ILOU]/gu, '0').slice(0, 26);
  const { digest } = PLAN.image;
  const planned = PLAN.hosts.slice(0, 1).flatMap((one) => hosts.map((host) => ({ ...one, host })));
  const image = { repository: `localhost:5000/${service}`, digest, tag: '1' };
  const plan = { ...PLAN, service, image, hosts: planned, waves: [hosts] };
  const line = `deploy ${service} 1`;
  const terms = { channel: CHANNEL, requestedBy: 'U0OPS1', requestedAt: Date.now(), expiresAt: LATER };
  await store.approvals.create({ id, command: 'deploy', service, line, ...terms, plan, hash: service });
  if (!begun) return id;
  const at = Date.now();
  await store.deployments.start({ id: `${id.slice(0, 25)}D`, approval: id, hosts, by: 'U0OPS1', at });
  const claim = await store.deployments.claim('P1', at);
  if (claim) for (const host of hosts) await store.deployments.phase(claim.lease, { host, phase: 'pull', at });
  return id;
}

async function lockBy({ store }: Desk, owner: string, service: string): Promise<void> {
  const at = Date.now();
  await store.locks.acquire({ service, owner, reason: '', channel: 'C0OTHER', until: LATER, remindAt: LATER, at });
}

const refused = { kind: 'refused', reason: 'not_permitted' };

it.each(['lock bank', 'lock bank --take --reason x', 'lock bank --queue', 'unlock bank', 'ask bank', 'history bank'])(
  'a grant for staging does not give /dock %s of production',
  async (line) => {
    await using it = await desk('staging-1');
    await lockBy(it, 'U0OPS1', 'bank');

    expect(await it.say(`/dock ${line}`)).toMatchObject({
      ...refused,
      text: expect.stringContaining('none of its hosts'),
    });
    expect(await it.store.locks.of('bank', Date.now())).toMatchObject([{ owner: 'U0OPS1' }]);
    expect(await it.store.locks.queue('bank')).toEqual([]);
  },
);

it.each(['lock shop', 'unlock shop', 'ask shop'])('/dock %s takes every host of the service', async (line) => {
  await using it = await desk('staging-1');
  if (!line.startsWith('lock')) await lockBy(it, line.startsWith('ask') ? 'U0OPS1' : PERSON, 'shop');

  expect(await it.say(`/dock ${line}`)).toMatchObject({ ...refused, text: expect.stringContaining('only staging-1') });
  expect(await it.say(`/dock can ${line}`)).toMatchObject({ result: { decision: { kind: 'deny' } } });
});

it('a grant gives what it covers, whole or in part', async () => {
  await using part = await desk('staging-1');
  expect(await part.say('/dock lock front')).toMatchObject({ kind: 'result' });
  await using whole = await desk('all');
  expect(await whole.say('/dock lock shop')).toMatchObject({ kind: 'result' });
  expect(await whole.say('/dock lock bank')).toMatchObject({ kind: 'result' });
});

it('lists show what is on the hosts of the grant, and of each only these', async () => {
  for (const [hosts, all] of [
    ['staging-1', false],
    ['all', true],
  ] as const) {
    await using it = await desk(hosts);
    for (const service of ['front', 'bank', 'shop']) await lockBy(it, 'U0OPS1', service);
    const ids = {
      front: await asked(it, 'front', ['staging-1']),
      bank: await asked(it, 'bank', ['web-1']),
      shop: await asked(it, 'shop', ['staging-1', 'web-1']),
    };
    const open = await asked(it, 'bank2', ['web-1'], false);

    const locks = resultOf<LocksResult>(await it.say('/dock locks')).locks.map(({ service }) => service);
    expect(locks.toSorted()).toEqual(all ? ['bank', 'front', 'shop'] : ['front', 'shop']);
    const shown = resultOf<DeploymentsResult>(await it.say('/dock deployments')).deployments;
    expect(Object.fromEntries(shown.map((one) => [one.service, one.hosts]))).toEqual(
      all
        ? { front: ['staging-1'], bank: ['web-1'], shop: ['staging-1', 'web-1'] }
        : { front: ['staging-1'], shop: ['staging-1'] },
    );
    const { deployments } = resultOf<DeploymentsResult>(await it.say('/dock history shop'));
    expect(deployments).toMatchObject([{ hosts: all ? ['staging-1', 'web-1'] : ['staging-1'] }]);
    const { waiting } = resultOf<ApprovalsResult>(await it.say('/dock approvals'));
    expect(waiting.map(({ id }) => id)).toEqual(all ? [open] : []);
    for (const [service, id] of Object.entries(ids))
      expect(await it.say(`/dock plan ${id}`)).toMatchObject(
        all || service === 'front' ? { kind: 'result' } : { kind: 'refused', reason: 'not_found' },
      );
  }
});

it('the audit log shows what is about no other host', async () => {
  const record = {
    at: 1,
    kind: 'decision',
    request: '',
    person: 'U0OPS1',
    channel: 'C0OTHER',
    team: '',
    source: 'slash',
  } as const;
  for (const [hosts, lines] of [
    ['staging-1', ['a']],
    ['all', ['a', 'b', 'c', 'd']],
  ] as const) {
    await using it = await desk(hosts);
    for (const [line, on] of Object.entries({ a: ['staging-1'], b: ['web-1'], c: ['staging-1', 'web-1'], d: [] }))
      await it.store.audit.append({ ...record, command: 'x', line, hosts: on });

    const { records } = resultOf<AuditResult>(await it.say('/dock audit --command x'));
    expect(records.map(({ line }) => line).toSorted()).toEqual(lines);
    const { records: there } = resultOf<AuditResult>(await it.say('/dock audit --command x --host web-1'));
    expect(there).toHaveLength(hosts === 'all' ? 2 : 0);
  }
});
