import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/store/audit-records.ts';
import { auditEntry, beginnings, freshStore } from './fixture.ts';

const fixture = freshStore();
const { deployments, started, claimed } = beginnings(fixture);

const about = (id: string): AuditEntry =>
  auditEntry({ request: id, command: 'deploy', at: 200, detail: 'needs_attention' });

/** Ended as `needs_attention` on web-1 and web-2. */
async function leftToPeople(id = 'D1'): Promise<void> {
  await started(id, { service: 'shop', hosts: ['web-1', 'web-2'] });
  const lease = await claimed();
  for (const host of ['web-1', 'web-2']) {
    await deployments().phase(lease, { host, phase: 'roll-back', at: 120 });
    await deployments().hostVerdict(lease, { host, verdict: 'needs_attention', detail: {}, at: 150 });
  }
  await deployments().finish(lease, { verdict: 'needs_attention', at: 200, record: about(id) });
}

const reopen = (store = fixture.store, hosts = ['web-1', 'web-2']) =>
  store.deployments.reopen({
    deployment: 'D1',
    hosts,
    at: 300,
    record: (those) => ({ ...about('D1'), kind: 'reopening', at: 300, hosts: those }),
  });

const left = () => fixture.store.audit.leftAs({ request: 'D1', person: 'U0DEV1', since: 10 });

describe('a deployment that was left to people', () => {
  it('is found by when it started, and opened again by one of two processes', async () => {
    await leftToPeople();
    expect(await deployments().needingAttention(11)).toEqual([]);
    expect(await deployments().needingAttention(10)).toMatchObject([{ id: 'D1', state: 'ended' }]);

    const taken = await Promise.all([reopen(), reopen(fixture.other)]);

    expect(taken.toSorted((a, b) => a.length - b.length)).toEqual([[], ['web-1', 'web-2']]);
    expect(await deployments().needingAttention(10)).toEqual([]);
    const open = { state: 'running', verdict: undefined, finishedAt: undefined, integrity: 'signed' };
    expect(await deployments().get('D1')).toMatchObject(open);
    expect(await fixture.store.approvals.get('A-D1')).toMatchObject({ verdict: undefined, integrity: 'signed' });
    expect(await deployments().claims('shop')).toHaveLength(2);
    expect(await left()).toBe('reopened');
    expect(await fixture.store.verify()).toMatchObject({ ok: true });
  });

  it('ends once more, and is another event to those who are told', async () => {
    await leftToPeople();
    await reopen();
    const lease = await claimed('P2');
    expect(lease.attempt).toBe(2);

    const end = {
      verdict: 'rolled_back',
      at: 400,
      record: { ...about('D1'), at: 400 },
      isAgain: true,
      tell: ['grafana'],
    };
    await deployments().finish(lease, end);

    expect(await left()).toBe('ended');
    expect(await deployments().get('D1')).toMatchObject({ state: 'ended', verdict: 'rolled_back', finishedAt: 400 });
    expect(await fixture.store.changes.next()).toMatchObject([{ id: 'D1.deployment.ended.2', deployment: 'D1' }]);
    expect(await deployments().claims('shop')).toEqual([]);
    expect(await reopen()).toEqual(['web-1', 'web-2']);
    expect(await fixture.store.verify()).toMatchObject({ ok: true });
  });

  it('stays ended on a host where another has begun since, or has it now', async () => {
    await leftToPeople();
    await started('D2', { service: 'shop', hosts: ['web-1'] });
    expect(await reopen()).toEqual(['web-2']);
    expect(await deployments().claims('shop')).toEqual([
      { host: 'web-1', deployment: 'D2' },
      { host: 'web-2', deployment: 'D1' },
    ]);
  });

  it('stays ended on a host that another has changed since', async () => {
    await leftToPeople();
    await started('D2', { service: 'shop', hosts: ['web-1', 'web-2'] });
    const lease = await claimed();
    await deployments().phase(lease, { host: 'web-2', phase: 'pull', at: 250 });
    await deployments().finish(lease, { verdict: 'aborted', at: 260, record: about('D2') });
    expect(await reopen()).toEqual(['web-1']);
    expect(await reopen()).toEqual([]);
  });

  it('stays ended while somebody else has locked its service', async () => {
    await leftToPeople();
    const lock = { service: 'shop', reason: 'I look at it', channel: 'C0PROD', at: 250, until: 900, remindAt: 800 };
    await fixture.store.locks.acquire({ ...lock, owner: 'U0OPS1' });
    expect(await reopen()).toEqual([]);
    expect(await left()).toBe('ended');
  });
});
