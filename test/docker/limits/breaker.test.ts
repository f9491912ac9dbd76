import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EngineError, type EngineFault } from '../../../src/docker/client/engine-error.ts';
import { createBreaker } from '../../../src/docker/limits/breaker.ts';

const failing = (fault: EngineFault, status?: number) => () => Promise.reject(new EngineError(fault, fault, status));
const fine = async () => 'fine';

describe('circuit breaker of an engine', () => {
  it('tries one call after the pause, and all once that succeeds', async () => {
    const breaker = createBreaker(30);
    await breaker.run(failing('unreachable'), true).catch(() => {});
    await expect(breaker.run(fine, true)).rejects.toMatchObject({ fault: 'unreachable' });
    await sleep(40);
    const probe = Promise.withResolvers<string>();

    const probing = breaker.run(() => probe.promise, true);
    await expect(breaker.run(fine, true)).rejects.toMatchObject({ fault: 'unreachable' });
    probe.resolve('up');

    await expect(probing).resolves.toBe('up');
    await expect(breaker.run(fine, true)).resolves.toBe('fine');
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
