import { describe, expect, it } from 'vitest';
import { LeaseLost } from '../../src/store/lease.ts';
import { beginnings, freshStore } from './fixture.ts';

const fixture = freshStore();
const { deployments, started, claimed } = beginnings(fixture);

describe('a lease', () => {
  it('is on the oldest deployment that waits, and on one at a time', async () => {
    await started('D2', { at: 20 });
    await started('D1', { at: 10 });
    expect(await deployments().claim('P1', 100)).toMatchObject({
      lease: { deployment: 'D1', owner: 'P1', attempt: 1 },
      deployment: { state: 'running', owner: 'P1', heartbeatAt: 100 },
    });
    expect(await fixture.other.deployments.claim('P2', 100)).toMatchObject({ lease: { deployment: 'D2' } });
    expect(await deployments().claim('P1', 100)).toBeUndefined();
    expect((await deployments().running()).map(({ id }) => id)).toEqual(['D1', 'D2']);
  });

  it('passes to another when no heartbeat came since the one seen; then the first can write nothing more', async () => {
    await started('D1');
    const first = await claimed('P1', 100);
    await deployments().phase(first, { host: 'web-1', phase: 'pull', at: 105 });
    expect(await deployments().heartbeat(first, 120)).toBe(true);
    expect(await deployments().releaseSilent(first, 105)).toBe(false);
    expect(await deployments().claim('P2', 150)).toBeUndefined();
    expect(await fixture.other.deployments.releaseSilent(first, 120)).toBe(true);
    const second = await deployments().claim('P2', 151);
    expect(second).toMatchObject({ lease: { attempt: 2 }, deployment: { owner: 'P2', attempt: 2 } });

    expect(await deployments().heartbeat(first, 152)).toBe(false);
    await expect(deployments().phase(first, { host: 'web-1', phase: 'create', at: 153 })).rejects.toThrow(LeaseLost);
    await expect(
      deployments().hostVerdict(first, { host: 'web-1', verdict: 'deployed', detail: {}, at: 153 }),
    ).rejects.toThrow(LeaseLost);
    await expect(deployments().finish(first, { verdict: 'deployed', at: 153 })).rejects.toThrow(
      'The lease of deployment D1 (P1, attempt 1) is lost.',
    );
    expect((await deployments().journal('D1')).map(({ phase }) => phase)).toEqual(['pull']);
    expect(await deployments().get('D1')).toMatchObject({ state: 'running', heartbeatAt: 151 });
  });

  it('is a new one when the same process claims again, so that what it did before cannot go on', async () => {
    await started('D1');
    const first = await claimed('P1', 100);
    await deployments().release(first);
    const again = await claimed('P1', 200);
    expect(again.attempt).toBe(2);
    expect(await deployments().heartbeat(first, 201)).toBe(false);
    expect(await deployments().heartbeat(again, 201)).toBe(true);
  });

  it('is kept alive by the journal too, though the clock was set back', async () => {
    await started('D1');
    const lease = await claimed('P1', 1_000_000);
    await deployments().phase(lease, { host: 'web-1', phase: 'gate', at: 190 });
    expect(await deployments().get('D1')).toMatchObject({ heartbeatAt: 190 });
    expect(await deployments().heartbeat(lease, 150)).toBe(true);
    expect(await deployments().get('D1')).toMatchObject({ heartbeatAt: 150 });
    expect(await fixture.other.deployments.releaseSilent(lease, 190)).toBe(false);
  });

  it('that was released in its owner’s name is the owner’s again with the next heartbeat', async () => {
    await started('D1');
    const lease = await claimed('P1', 100);
    expect(await fixture.other.deployments.releaseSilent(lease, 100)).toBe(true);
    expect(await deployments().heartbeat(lease, 101)).toBe(true);
    expect(await fixture.other.deployments.claim('P2', 102)).toBeUndefined();
  });

  it('is handed on by the attempt that has it, and by no other', async () => {
    await started('D1');
    const lease = await claimed('P1', 100);
    expect(await deployments().handOn({ ...lease, attempt: 7 })).toBe(false);
    expect(await deployments().handOn(lease)).toBe(true);
    expect(await fixture.other.deployments.claim('P2', 101)).toMatchObject({ lease: { owner: 'P2', attempt: 2 } });
    expect(await deployments().handOn(lease)).toBe(false);
  });

  it('can be given back, to be claimed at once', async () => {
    await started('D1');
    const lease = await claimed('P1', 100);
    await deployments().release({ ...lease, attempt: 7 });
    expect(await deployments().claim('P2', 101)).toBeUndefined();
    await deployments().release(lease);
    expect(await deployments().claim('P2', 101)).toMatchObject({ lease: { owner: 'P2', attempt: 2 } });
  });
});
