import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { recoverHost } from '../../../src/docker/rollout/recover.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import { describeWithEngine } from '../../bed/bed.ts';
import { type Neighbourhood, openNeighbourhood } from './neighbourhood.ts';
import { prepare, QUICK } from './scene.ts';

let town: Neighbourhood;
beforeAll(async () => {
  if (inject('bed')) town = await openNeighbourhood();
});
afterAll(() => town?.close());

const networkOf = (id: string) => ({ NetworkMode: `container:${id}` });

/** It has the network of the other one, and would have it again after a restart. */
async function expectWhole(borrower: string, lender: string): Promise<void> {
  expect(await town.interfaces(borrower)).toContain('eth0');
  await town.post(`${borrower}/restart?t=5`);
  expect(await town.interfaces(borrower)).toEqual(await town.interfaces(lender));
}

describeWithEngine('a container that joins the old version during a rollout', { timeout: 60_000 }, () => {
  it.each([
    ['stop-first', 'create'],
    ['start-first', 'create'],
    ['start-first', 'gate'],
  ] as const)('keeps its network, and the old version keeps running: %s, %s', async (strategy, at) => {
    const lender = await town.lender();
    const wanted = await town.wanted(lender.name, '2', { rollout: { ...QUICK, strategy } });
    let borrower = '';
    const { run } = await prepare(town.scene, wanted, {
      journal: async (phase) => {
        if (phase === at) borrower = (await town.run(networkOf(lender.id))).name;
      },
    });

    const verdict = await runHost(town.engine, run);

    expect(verdict).toMatchObject({
      verdict: 'failed_kept_old',
      containerId: lender.id,
      why: expect.stringContaining(borrower),
    });
    expect(await town.inspect(lender.name)).toMatchObject({ Id: lender.id, State: { Running: true } });
    await expectWhole(borrower, lender.name);
  });

  it('keeps its network through a crash of Fairlead too', async () => {
    const lender = await town.lender();
    const wanted = await town.wanted(lender.name, '2', { rollout: { ...QUICK, strategy: 'start-first' } });
    const phases: Phase[] = [];
    const { run } = await prepare(town.scene, wanted, {
      journal: async (phase) => {
        // Nobody hears of what comes after.
        if (phases.includes('gate')) throw new Error('killed');
        phases.push(phase);
      },
    });
    await expect(runHost(town.engine, run)).rejects.toThrow('killed');
    const borrower = await town.run(networkOf(lender.id));

    const verdict = await recoverHost(town.engine, { ...run, journal: async () => undefined }, phases);

    expect(phases.at(-1)).toBe('gate');
    expect(verdict).toMatchObject({ verdict: 'failed_kept_old', containerId: lender.id });
    await expectWhole(borrower.name, lender.name);
  });

  it('is checked again when the new version depends on it', async () => {
    const lender = await town.lender();
    const borrower = await town.run(networkOf(lender.id));
    const { run } = await prepare(town.scene, await town.wanted(borrower.name, '2'), {
      journal: async (phase) => {
        if (phase === 'create') await town.stop(lender.name);
      },
    });

    const verdict = await runHost(town.engine, run);

    expect(verdict).toMatchObject({ verdict: 'failed_kept_old', containerId: borrower.id });
    expect(await town.containers(borrower.name)).toEqual({ [borrower.name]: 'running' });
  });
});
