import { describe, expect, it } from 'vitest';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import { auditEntry } from '../store/fixture.ts';
import { CONFIG, openRecords, PLAN } from './stored.ts';

const EVIL: DeployPlan = { ...PLAN, image: { ...PLAN.image, repository: 'docker.io/evil/shop' } };
const evil = JSON.stringify(EVIL).replaceAll("'", "''");

it('what was approved under the config of today is begun', async () => {
  await using records = await openRecords();
  await records.approved();

  const { deployment, asked } = await records.outcome();

  expect(deployment).toMatchObject({ verdict: 'failed_kept_old', integrity: 'signed' });
  expect(asked).toBeGreaterThan(0);
  expect(await records.store.verify()).toMatchObject({ ok: true });
});

it('Slack is waited for when it does not say who is in a group', { timeout: 30_000 }, async () => {
  await using records = await openRecords();
  await records.approved();
  let asked = 0;
  const list = async () => {
    asked += 1;
    if (asked === 1) throw new Error('Slack is away');
    return { ok: true, users: ['U0OPS1'] };
  };
  const client = { usergroups: { users: { list } }, users: {} };
  const slack = (async () => client) as unknown as Parameters<typeof records.outcome>[2];

  const { deployment } = await records.outcome(
    { ...CONFIG, groups: { ...CONFIG.groups, oncall: { usergroup: 'S0ONCALL' } } },
    'D1',
    slack,
  );

  expect(asked).toBe(2);
  expect(deployment).toMatchObject({ verdict: 'failed_kept_old' });
});

it.each(["created_at = 'long ago'", 'created_at = 9e15', "asked_until = 'soon'"])(
  'a forged record is refused and let go of, whatever it says: %s',
  async (forged) => {
    await using records = await openRecords();
    await records.approved();
    records.tamper(`update deployments set ${forged}`);

    const { deployment, asked } = await records.outcome();

    expect(deployment).toMatchObject({ verdict: 'refused', state: 'ended' });
    expect(deployment.finishedAt).toBeLessThan(Date.now() + 1000);
    expect(asked).toBe(0);
  },
);

const twoVotes = [{ commands: ['deploy'], hosts: 'all', from: ['oncall'], count: 2 }];
const { channels: _channels, ...NO_CHANNELS } = CONFIG;
const SIGNED = [{ images: ['harbor.example.com/**'], signers: [{ issuer: 'https://i', identity: 'x@example.com' }] }];
const today: readonly (readonly [string, object, string])[] = [
  ['asks for two yeses', { ...CONFIG, approvals: twoVotes }, 'not_permitted'],
  ['asks for a one-time code', { ...CONFIG, approvals: [{ ...CONFIG.approvals[0], stepUp: 'totp' }] }, 'not_permitted'],
  [
    'has the approver in no group',
    { ...CONFIG, groups: { ...CONFIG.groups, oncall: { people: ['U0OPS2'] } } },
    'not_permitted',
  ],
  [
    'does not let the requester deploy',
    { ...CONFIG, groups: { ...CONFIG.groups, developers: { people: ['U0OTHER1'] } } },
    'not_permitted',
  ],
  ['has not the channel', NO_CHANNELS, 'not_permitted'],
  ['does not allow the image', { ...CONFIG, images: { allow: ['docker.io/**'] } }, 'image_not_allowed'],
  [
    'asks for a signature, and none can be verified',
    { ...CONFIG, images: { ...CONFIG.images, verify: SIGNED } },
    'not_verified',
  ],
  ['has not the host', { ...CONFIG, hosts: { 'web-2': {} } }, 'host_unknown'],
  [
    'has another repository for the service',
    { ...CONFIG, services: { shop: { image: 'harbor.example.com/devops/other', hosts: 'all' } } },
    'image_not_allowed',
  ],
  [
    'has a freeze',
    {
      ...CONFIG,
      freeze: [
        { name: 'one', from: 'sun 00:00', to: 'thu 00:00' },
        { name: 'two', from: 'thu 00:00', to: 'sun 00:00' },
      ],
    },
    'frozen',
  ],
  ['asks no approval, and the approver may not deploy', { ...CONFIG, approvals: [] }, 'not_permitted'],
];

it.each(today)('nothing is begun when the config %s', async (_what, config, reason) => {
  await using records = await openRecords();
  await records.approved();

  const { deployment, asked, reasons } = await records.outcome(config);

  expect(deployment).toMatchObject({ verdict: 'refused', state: 'ended' });
  expect(asked).toBe(0);
  expect(reasons).toEqual([reason]);
  expect(await records.store.verify()).toMatchObject({ ok: true });
});

it('nothing is begun when somebody has locked the service meanwhile', async () => {
  await using records = await openRecords();
  await records.approved();
  const at = Date.now();
  const lock = { service: 'shop', owner: 'U0X', reason: '', channel: 'C0PROD', at, until: at + 60_000, remindAt: at };
  await records.store.locks.acquire(lock);

  expect(await records.outcome()).toMatchObject({ deployment: { verdict: 'refused' }, asked: 0, reasons: ['locked'] });
});

it('a broken glass starts a deployment only while its requester may still break the glass', async () => {
  const plan = { ...PLAN, breakGlass: true };
  for (const [from, verdict] of [
    ['oncall', 'refused'],
    ['developers', 'failed_kept_old'],
  ] as const) {
    await using records = await openRecords();
    await records.approved({ plan, votes: [] });
    const { deployment } = await records.outcome({ ...CONFIG, breakGlass: { from: [from] } });
    expect(deployment).toMatchObject({ verdict });
  }
});

it.each([
  ['totp', 'failed_kept_old'],
  [undefined, 'refused'],
] as const)('a glass that needs a code was broken with %s: %s', async (factor, verdict) => {
  await using records = await openRecords();
  await records.approved({
    plan: { ...PLAN, breakGlass: true },
    votes: factor ? ['U0DEV1'] : [],
    ...(factor && { factor }),
  });
  const approvals = [{ ...CONFIG.approvals[0], stepUp: 'totp' }];

  const { deployment } = await records.outcome({ ...CONFIG, approvals, breakGlass: { from: ['developers'] } });

  expect(deployment).toMatchObject({ verdict });
});

it('a rollback is begun only to what is on record as healthy', async () => {
  const plan = { ...PLAN, action: 'rollback' as const };
  const { repository, digest } = plan.image;
  for (const [known, verdict] of [
    [false, 'refused'],
    [true, 'failed_kept_old'],
  ] as const) {
    await using records = await openRecords();
    await records.approved({ plan });
    const version = { service: 'shop', host: 'web-1', repository, digest, tag: '1', deployment: 'D0', by: 'U', at: 1 };
    if (known) await records.store.versions.record({ ...version, verdict: 'deployed' });
    expect((await records.outcome()).deployment).toMatchObject({ verdict });
  }
});

it('a rollback is begun to what is on record, though the config asks for a signature by now', async () => {
  const plan = { ...PLAN, action: 'rollback' as const };
  const { repository, digest } = plan.image;
  await using records = await openRecords();
  await records.approved({ plan });
  const version = { service: 'shop', host: 'web-1', repository, digest, tag: '1', deployment: 'D0', by: 'U', at: 1 };
  await records.store.versions.record({ ...version, verdict: 'deployed' });

  const { deployment } = await records.outcome({ ...CONFIG, images: { ...CONFIG.images, verify: SIGNED } });

  expect(deployment).toMatchObject({ verdict: 'failed_kept_old' });
});

describe('what somebody put into the database', () => {
  const forged: readonly (readonly [string, ...string[]])[] = [
    ['another plan', `update deployments set plan = '${evil}'`],
    ['another plan in both', `update deployments set plan = '${evil}'`, `update approvals set plan = '${evil}'`],
    [
      'another plan with its hash',
      `update deployments set plan = '${evil}', hash = '${hashOf(EVIL)}'`,
      `update approvals set plan = '${evil}', hash = '${hashOf(EVIL)}'`,
    ],
    ['a plan that is none', "update deployments set plan = '{}'", "update approvals set plan = '{}'"],
    ['the hash alone', "update approvals set hash = 'aa'"],
    ['a state', "update approvals set state = 'approved', decided_by = 'U0OPS2'"],
    ['the person of a vote', "update votes set person = 'U0OPS2'"],
    ['no votes', 'delete from votes'],
    ['one vote more', "insert into votes select approval, 'U0OPS2', at, factor, mac from votes"],
    ['the command', "update deployments set command = 'rollback'"],
    ['who asked', "update approvals set requested_by = 'U0OPS1'"],
    ['a broken glass', "update deployments set break_glass = 'x'"],
    ['no approval', 'delete from approvals'],
    ['no MACs', 'update approvals set mac = null', 'update votes set mac = null', 'update deployments set mac = null'],
  ];
  it.each(forged)('is not carried out: %s', async (_what, ...statements) => {
    await using records = await openRecords();
    await records.approved();
    records.tamper(...statements);

    const { deployment, asked, reasons } = await records.outcome();

    expect(deployment).toMatchObject({ verdict: 'refused', state: 'ended', attempt: 1 });
    expect(asked).toBe(0);
    expect(reasons).toEqual(['untrusted_record']);
  });

  it.each([
    "state = 'queued', attempt = 0, verdict = null, detail = null, finished_at = null",
    "state = 'running', attempt = 1, heartbeat_at = 0, verdict = null, detail = null, finished_at = null",
  ])('is not carried out again: %s', async (set) => {
    await using records = await openRecords();
    await records.approved();
    await records.outcome();
    records.tamper(`update deployments set ${set}`);

    expect(await records.outcome()).toMatchObject({ deployment: { verdict: 'refused' }, asked: 0 });
  });

  it('is not carried out again when the whole rows are put back as they were', async () => {
    await using records = await openRecords();
    await records.approved();
    records.tamper('create table d as select * from deployments', 'create table a as select * from approvals');
    await records.outcome();
    records.tamper(
      'delete from deployments; insert into deployments select * from d',
      'delete from approvals; insert into approvals select * from a',
      'delete from phases; delete from host_verdicts',
    );
    expect((await records.store.verify()).missing).toEqual([expect.stringMatching(/^deployments D1: .* queued$/u)]);

    const { deployment, asked, reasons } = await records.outcome();

    expect(deployment).toMatchObject({ verdict: 'refused', detail: { reason: 'untrusted_record' } });
    expect(asked).toBe(0);
    expect(reasons).toContain('untrusted_record');
  });

  it('is not ended a second time when the rows of a deployment under way are put back after its end', async () => {
    await using records = await openRecords();
    await records.approved();
    const { deployments } = records.store;
    const at = Date.now();
    const { lease } = (await deployments.claim('P1', at)) ?? {};
    if (!lease) throw new Error('nothing to claim');
    await deployments.phase(lease, { host: 'web-1', phase: 'stop-old', at });
    records.tamper('create table d as select * from deployments', 'create table a as select * from approvals');
    const record = auditEntry({ kind: 'event', request: 'D1', person: 'U0DEV1', command: 'deploy', at, outcome: 'ok' });
    await deployments.finish(lease, { verdict: 'deployed', at, record });
    records.tamper(
      'delete from deployments; insert into deployments select * from d; update deployments set heartbeat_at = 0',
      'delete from approvals; insert into approvals select * from a',
    );
    expect((await records.store.verify()).missing).toEqual([expect.stringMatching(/^deployments D1: .* running$/u)]);

    expect(await records.outcome()).toMatchObject({ deployment: { verdict: 'needs_attention' }, asked: 0 });
  });

  it('as begun elsewhere is not gone back from on its word, and needs somebody to look', async () => {
    await using records = await openRecords();
    await records.approved();
    records.tamper(
      `update deployments set state = 'running', attempt = 1, heartbeat_at = 0, plan = '${evil}'`,
      "insert into phases values ('D1', 1, 1, 'web-1', 'stop-old', 'null', 1)",
    );

    expect(await records.outcome()).toMatchObject({ deployment: { verdict: 'needs_attention' }, asked: 0 });
    expect(await records.store.deployments.hosts('D1')).toMatchObject([{ host: 'web-1', verdict: 'needs_attention' }]);
  });
});

it('what was begun is ended from its own record, though the config of today would not begin it', async () => {
  await using records = await openRecords();
  await records.approved();
  const at = Date.now();
  const { lease } = (await records.store.deployments.claim('P1', at)) ?? {};
  if (!lease) throw new Error('nothing to claim');
  await records.store.deployments.phase(lease, { host: 'web-1', phase: 'pull', at });
  await records.store.deployments.release(lease);
  records.tamper("update approvals set line = 'x', plan = '{}'");
  const gone = await records.outcome({ ...NO_CHANNELS, hosts: { 'web-2': {} } });

  // The host has left the config, so it cannot be looked at; that it was tried is what counts here.
  expect(gone.deployment).toMatchObject({ verdict: 'needs_attention' });
  expect(await records.store.deployments.hosts('D1')).toMatchObject([{ detail: { phase: 'pull' } }]);
});
