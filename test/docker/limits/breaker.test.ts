import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EngineError, type EngineFault } from '../../../src/docker/client/engine-error.ts';
import { createBreaker } from '../../../src/docker/limits/breaker.ts';

const failing = (fault: EngineFault, status?: number) => () => Promise.reject(new EngineError(fault, fault, status));
const fine = async () => 'fine';

describe('circuit breaker of an engine', () => {
  it('tries one call after the pause; those beside it wait for its outcome, and are made if it succeeds', async () => {
    const breaker = createBreaker(30);
    await breaker.run(failing('unreachable'), true).catch(() => {});
    await expect(breaker.run(fine, true)).rejects.toMatchObject({ fault: 'unreachable' });
    await sleep(40);
    const probe = Promise.withResolvers<string>();

    const probing = breaker.run(() => probe.promise, true);
    const calls: string[] = [];
    const call = async () => {
      calls.push('made');
      return 'fine';
    };
    const beside = [breaker.run(call, true), breaker.run(call, false)];
    await sleep(20);
    expect(calls).toEqual([]);
    probe.resolve('up');

    await expect(Promise.all([probing, ...beside])).resolves.toEqual(['up', 'fine', 'fine']);
    await expect(breaker.run(fine, true)).resolves.toBe('fine');
  });

  it('fails those beside the trial call when it fails', async () => {
    const breaker = createBreaker(30);
    await breaker.run(failing('unreachable'), true).catch(() => {});
    await sleep(40);
    const probe = Promise.withResolvers<string>();

    const all = [breaker.run(() => probe.promise, true), breaker.run(fine, true), breaker.run(fine, true)];
    probe.reject(new EngineError('timeout', 'timeout'));

    const settled = await Promise.allSettled(all);
    expect(settled.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('lets no call of minutes hold up others after the pause', async () => {
    const breaker = createBreaker(10);
    await breaker.run(failing('unreachable'), true).catch(() => {});
    await sleep(20);
    const pull = Promise.withResolvers<string>();

    const pulling = breaker.run(() => pull.promise, false);
    await expect(breaker.run(fine, true)).resolves.toBe('fine');
    pull.resolve('pulled');

    await expect(pulling).resolves.toBe('pulled');
  });

  it('does not stay open when the trial call is aborted', async () => {
    const breaker = createBreaker(10);
    await breaker.run(failing('ssh'), true).catch(() => {});
    await sleep(20);
    await breaker.run(failing('aborted'), true).catch(() => {});

    await expect(breaker.run(fine, true)).resolves.toBe('fine');
  });

  it.each<[EngineFault, number | undefined, boolean, boolean]>([
    ['unreachable', undefined, false, true],
    ['tls', undefined, true, true],
    ['timeout', undefined, true, true],
    ['timeout', undefined, false, false],
    ['timeout', 500, true, false],
    ['not_found', 404, true, false],
    ['aborted', undefined, true, false],
    ['refused', undefined, true, false],
  ])('%s with status %s of a quick call (%s) counts as dead: %s', async (fault, status, quick, isDead) => {
    const breaker = createBreaker();
    await breaker.run(failing(fault, status), quick).catch(() => {});

    const next = breaker.run(fine, true);

    await (isDead ? expect(next).rejects.toMatchObject({ fault }) : expect(next).resolves.toBe('fine'));
  });
});
