import { describe, expect, it } from 'vitest';
import { LeaseLost } from '../../src/store/lease.ts';
import { beginnings, freshStore, question } from './fixture.ts';
import { race } from './processes.ts';

const fixture = freshStore();
const { deployments, started, claimed } = beginnings(fixture);

describe('starting', () => {
  it('approves the question and queues its deployment, both or neither', async () => {
    const deployment = await started('D1', { service: 'shop' });
    expect(deployment).toEqual({
      id: 'D1',
      approval: 'A-D1',
      command: 'deploy',
      service: 'shop',
      line: 'deploy shop 1.4.0',
      channel: 'C0PROD',
      requestedBy: 'U0DEV1',
      startedBy: 'U0OPS1',
      plan: { image: 'shop', hosts: ['web-1'] },
      hash: 'h',
      integrity: 'signed',
      createdAt: 10,
      breakGlass: undefined,
      state: 'queued',
      owner: undefined,
      attempt: 0,
      heartbeatAt: undefined,
      abortBy: undefined,
      verdict: undefined,
      detail: undefined,
      finishedAt: undefined,
    });
    expect(await fixture.other.approvals.get('A-D1')).toMatchObject({ state: 'approved', decidedBy: 'U0OPS1' });
    expect(await fixture.other.deployments.byApproval('A-D1')).toEqual(deployment);
    expect(await fixture.other.deployments.get('D1')).toEqual(deployment);
    expect(await deployments().get('D2')).toBeUndefined();

    // The id is taken, so the second half fails: the first must not stay.
    await fixture.store.approvals.create(question('A2', { service: 'other' }));
    await expect(deployments().start({ id: 'D1', approval: 'A2', hosts: [], by: 'U1', at: 1 })).rejects.toThrow(
      /unique/iu,
    );
    expect(await fixture.store.approvals.get('A2')).toMatchObject({ state: 'pending' });
  });

  it.each([
    ['approved before', async () => void (await started('D1')), 'A-D1', 'approved'],
    [
      'rejected',
      async () => {
        await fixture.store.approvals.create(question('A1'));
        await fixture.store.approvals.decide({ id: 'A1', state: 'rejected', by: 'U1', at: 1 });
      },
      'A1',
      'rejected',
    ],
    ['out of time', async () => fixture.store.approvals.create(question('A1', { expiresAt: 20 })), 'A1', 'expired'],
    ['unknown', async () => undefined, 'A1', 'unknown'],
  ])('does not start what is %s', async (_, arrange, approval, why) => {
    await arrange();
    expect(await deployments().start({ id: 'D9', approval, hosts: ['web-1'], by: 'U1', at: 20 })).toMatchObject({
      won: false,
      why,
    });
    expect(await deployments().get('D9')).toBeUndefined();
  });

  it('is for questions about a service', async () => {
    const { service: _, ...prune } = question('A1', { command: 'prune' });
    await fixture.store.approvals.create(prune);
    await expect(deployments().start({ id: 'D1', approval: 'A1', hosts: [], by: 'U1', at: 1 })).rejects.toThrow(
      'not about a service',
    );
  });

  it('ends with what it proved and its record, all or nothing', async () => {
    await started('D1', { service: 'shop' });
    const lease = await claimed();
    const version = { service: 'shop', host: 'web-1', repository: 'r', digest: 'sha256:1', tag: '1.0.0' };
    const end = {
      verdict: 'deployed',
      at: 30,
      verified: [{ ...version, deployment: 'D1', by: 'U0DEV1', at: 30, verdict: 'deployed' }],
      record: {
        at: 30,
        kind: 'event',
        request: 'D1',
        person: 'U0DEV1',
        channel: 'C0PROD',
        team: 'T0',
        source: 'click',
        command: 'deploy',
        line: 'deploy shop 1.0.0',
        hosts: ['web-1'],
        outcome: 'ok',
      },
    } as const;
    const slow = { ...lease, attempt: 0 };
    await expect(deployments().finish(slow, end)).rejects.toThrow(LeaseLost);
    expect(await fixture.other.audit.search({ limit: 9 })).toMatchObject([{ kind: 'closing' }]);
    expect(await fixture.other.versions.of({ service: 'shop', limit: 9 })).toEqual([]);
    await deployments().finish(lease, end);
    await expect(deployments().finish(lease, end)).rejects.toThrow(LeaseLost);
    expect(await fixture.other.audit.search({ limit: 9 })).toMatchObject([end.record, { kind: 'closing' }]);
    expect(await fixture.other.verify()).toMatchObject({ ok: true, audit: { records: 2 } });
    expect(await fixture.other.versions.of({ service: 'shop', limit: 9 })).toMatchObject(end.verified);
  });

  it('waits for another deployment of the same service on the same host, and for no other', async () => {
    await started('D1', { service: 'shop', hosts: ['web-1', 'web-2'] });
    await started('D2', { service: 'api', hosts: ['web-1'] });
    await fixture.store.approvals.create(question('A3'));
    const start = { id: 'D3', approval: 'A3', hosts: ['web-3', 'web-2'], by: 'U1', at: 20 };
    expect(await deployments().start(start)).toEqual({ won: false, why: 'busy', host: 'web-2', deployment: 'D1' });
    expect(await fixture.store.approvals.get('A3')).toMatchObject({ state: 'pending' });
    expect(await deployments().claims('shop')).toEqual([
      { host: 'web-1', deployment: 'D1' },
      { host: 'web-2', deployment: 'D1' },
    ]);
    const lease = await claimed();
    await deployments().finish(lease, { verdict: 'deployed', at: 30 });
    expect(await deployments().claims('shop')).toEqual([]);
    expect(await deployments().start(start)).toMatchObject({ won: true });
  });

  it("keeps out of a service that somebody else has locked; the requester's own lock is no obstacle", async () => {
    const lock = { service: 'shop', reason: 'release', channel: 'C0PROD', until: 500, remindAt: 400, at: 1 };
    await fixture.store.approvals.create(question('A1'));
    const start = { id: 'D1', approval: 'A1', hosts: ['web-1'], by: 'U0OPS1', at: 20 };
    const other = await fixture.store.locks.acquire({ ...lock, owner: 'U0DEV2' });
    expect(await deployments().start(start)).toMatchObject({ won: false, why: 'locked', lock: { owner: 'U0DEV2' } });
    await fixture.store.locks.release(other.lock.token, 21);
    await fixture.store.locks.acquire({ ...lock, owner: 'U0DEV2', host: 'web-2' });
    await fixture.store.locks.acquire({ ...lock, owner: 'U0DEV1', host: 'web-1' });
    expect(await deployments().start(start)).toMatchObject({ won: true });
  });

  it('breaks the glass through a lock, never through a running deployment, and opens its review with it', async () => {
    const lock = { service: 'shop', reason: 'r', channel: 'C0', until: 500, remindAt: 400, at: 1, owner: 'U0DEV2' };
    await fixture.store.locks.acquire(lock);
    await fixture.store.approvals.create(question('A1'));
    await fixture.store.approvals.create(question('A2'));
    const start = { hosts: ['web-1'], by: 'U0DEV1', at: 20, breakGlass: { reason: 'fire', reviewBy: 700 } };
    expect(await deployments().start({ ...start, id: 'D1', approval: 'A1' })).toMatchObject({
      won: true,
      deployment: { breakGlass: 'fire' },
    });
    expect(await deployments().start({ ...start, id: 'D2', approval: 'A2' })).toMatchObject({ why: 'busy' });
    expect(await fixture.store.reviews.open()).toMatchObject([
      { deployment: 'D1', service: 'shop', person: 'U0DEV1', reason: 'fire', openedAt: 20, dueAt: 700 },
    ]);
  });
});

describe('the records of a deployment', () => {
  it('are its phases in order, its hosts, its verdict', async () => {
    await started('D1', { service: 'shop' });
    const lease = await claimed();
    await deployments().phase(lease, { host: 'web-1', phase: 'pull', at: 101 });
    await deployments().phase(lease, { host: 'web-1', phase: 'gate', note: { until: 500 }, at: 102 });
    expect(await deployments().journal('D1')).toEqual([
      { seq: 1, attempt: 1, host: 'web-1', phase: 'pull', note: null, at: 101 },
      { seq: 2, attempt: 1, host: 'web-1', phase: 'gate', note: { until: 500 }, at: 102 },
    ]);
    await deployments().hostVerdict(lease, { host: 'web-1', verdict: 'aborted', detail: undefined, at: 103 });
    await deployments().hostVerdict(lease, { host: 'web-1', verdict: 'deployed', detail: { ms: 5 }, at: 104 });
    expect(await deployments().hosts('D1')).toEqual([
      { host: 'web-1', verdict: 'deployed', detail: { ms: 5 }, at: 104, integrity: 'signed' },
    ]);
    await deployments().finish(lease, { verdict: 'deployed', detail: { ms: 6 }, at: 105 });
    expect(await deployments().get('D1')).toMatchObject({
      state: 'ended',
      verdict: 'deployed',
      detail: { ms: 6 },
      finishedAt: 105,
    });
    expect(await fixture.store.approvals.get('A-D1')).toMatchObject({ state: 'approved', verdict: 'deployed' });
    expect(await deployments().claim('P1', 9000)).toBeUndefined();
    expect(await deployments().heartbeat(lease, 106)).toBe(false);
    await expect(deployments().finish(lease, { verdict: 'aborted', at: 107 })).rejects.toThrow(LeaseLost);
  });

  it('can be looked up newest first, for one service or all', async () => {
    await started('D1', { service: 'shop', at: 1 });
    await deployments().finish(await claimed(), { verdict: 'deployed', at: 2 });
    await started('D2', { service: 'shop', at: 3 });
    await started('D3', { service: 'api', at: 4 });
    const ids = async (query: { service?: string; channel?: string; requestedBy?: string; limit: number }) =>
      (await deployments().recent(query)).map(({ id }) => id);
    expect(await ids({ limit: 10 })).toEqual(['D3', 'D2', 'D1']);
    expect(await ids({ limit: 2 })).toEqual(['D3', 'D2']);
    expect(await ids({ service: 'shop', limit: 10 })).toEqual(['D2', 'D1']);
    await fixture.store.approvals.create(question('A-D4', { service: 'web', channel: 'C0DEV', requestedBy: 'U0DEV2' }));
    await deployments().start({ id: 'D4', approval: 'A-D4', hosts: ['web-1'], by: 'U1', at: 5 });
    expect(await ids({ channel: 'C0PROD', limit: 1 })).toEqual(['D3']);
    expect(await ids({ channel: 'C0DEV', limit: 10 })).toEqual(['D4']);
    expect(await ids({ requestedBy: 'U0DEV1', limit: 1 })).toEqual(['D3']);
    // Begun after the clock was set back.
    await started('D0', { service: 'late', at: 0 });
    expect(await ids({ limit: 1 })).toEqual(['D0']);
  });

  it('wait between waves for one word in time, are said again with growing pauses, and then for none', async () => {
    await started('D1');
    const lease = await claimed();
    expect(await deployments().waveNews('D1')).toEqual({});
    expect(await deployments().waveNews('D9')).toBeUndefined();
    expect(await deployments().requestWave(lease, { wave: 1, at: 100, until: 200, remindEvery: 20 })).toBe(true);
    // Requested again by the process that takes over after a crash: the time continues.
    expect(await deployments().requestWave(lease, { wave: 1, at: 150, until: 900, remindEvery: 20 })).toBe(false);
    expect(await deployments().remindWaves(119)).toEqual([]);
    expect(await deployments().remindWaves(120)).toMatchObject([{ id: 'D1', requestedWave: 1, waveExpiresAt: 200 }]);
    expect(await fixture.other.deployments.remindWaves(159)).toEqual([]);
    expect(await fixture.other.deployments.remindWaves(160)).toHaveLength(1);
    expect(await deployments().expireWave(lease, 1, 199)).toBe(false);
    expect(await fixture.other.deployments.waveNews('D1')).toEqual({ waveExpiresAt: 200 });
    expect(await deployments().approveWave('D1', 1, 199)).toBe(true);
    expect(await fixture.other.deployments.approveWave('D1', 1, 199)).toBe(false);
    expect(await fixture.other.deployments.waveNews('D1')).toEqual({ approvedWave: 1, waveExpiresAt: 200 });
    expect(await deployments().expireWave(lease, 1, 300)).toBe(false);

    expect(await deployments().requestWave(lease, { wave: 2, at: 300, until: 400, remindEvery: 20 })).toBe(true);
    expect(await deployments().approveWave('D1', 2, 400)).toBe(false);
    expect(await deployments().remindWaves(400)).toEqual([]);
    expect(await deployments().expireWave(lease, 2, 400)).toBe(true);
    // A click of a moment before, that came late.
    expect(await fixture.other.deployments.approveWave('D1', 2, 399)).toBe(false);
  });

  it('say who asked first to abort, while there is something to abort', async () => {
    await started('D1');
    expect(await deployments().requestAbort('D1', 'U1', 5)).toBe(true);
    expect(await fixture.other.deployments.requestAbort('D1', 'U2', 6)).toBe(false);
    expect(await deployments().get('D1')).toMatchObject({ abortBy: 'U1' });
    await started('D2', { at: 20 });
    await deployments().finish(await claimed(), { verdict: 'aborted', at: 7 });
    await deployments().finish(await claimed(), { verdict: 'deployed', at: 7 });
    expect(await deployments().requestAbort('D2', 'U1', 8)).toBe(false);
    expect(await deployments().requestAbort('D9', 'U1', 8)).toBe(false);
  });
});

it('510 approving clicks by three processes at once on 170 questions start 170 deployments, and none is claimed twice', async () => {
  for (let index = 0; index < 170; index += 1)
    await fixture.store.approvals.create(question(`A${index}`, { service: `service-${index}` }));
  const told = await race<{ started?: string; claimed?: string }>(
    fixture.url,
    3,
    `for (const index of shuffled(170)) {
      const start = await store.deployments.start({ id: 'D' + index + '-' + me, approval: 'A' + index, hosts: ['web-1'], by: 'U' + me, at: 10 });
      if (start.won) tell({ started: 'A' + index });
      const claim = await store.deployments.claim('P' + me, 100);
      if (claim) tell({ claimed: claim.deployment.id });
    }`,
  );
  const begun = told.flatMap(({ started }) => started ?? []);
  const taken = told.flatMap(({ claimed }) => claimed ?? []);
  expect(begun).toHaveLength(170);
  expect(new Set(begun).size).toBe(170);
  expect(new Set(taken).size).toBe(taken.length);
  const running = await deployments().running();
  expect(running).toHaveLength(170);
  expect(
    running
      .filter(({ state }) => state === 'running')
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...taken].sort());
  expect(running.every(({ attempt }) => attempt <= 1)).toBe(true);
}, 60_000);
