import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { mustCall } from '../../../playground/engine/api.ts';
import { recoverHost } from '../../../src/docker/rollout/recover.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import type { Blame } from '../../../src/docker/rollout/verdict.ts';
import { UserError } from '../../../src/domain/errors.ts';
import { describeWithEngine } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';
import { expectOld, serving } from './serving.ts';

let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  for (const [tag, changes] of Object.entries(VERSIONS)) await scene.publish(tag, changes);
});
afterAll(() => scene?.close());

const VERSIONS = {
  1: [SERVE],
  2: [SERVE],
  sick: [SERVE, 'HEALTHCHECK --interval=200ms --retries=2 CMD sh -c "echo no database, password=hunter2; exit 1"'],
  crashes: ['CMD ["sh","-c","echo token hunter2 is wrong >&2; exit 3"]'],
  ships: [
    `CMD ["sh","-c","printf '\\\\033[31mERROR\\\\033[0m\\\\n10%%\\\\r50%%\\\\rdone\\\\r\\\\nx'; for i in $(seq 200); do printf '🚢'; done; exit 3"]`,
  ],
  'dies-later': ['CMD ["sh","-c","sleep 0.4; exit 7"]'],
  'starts-for-ever': [SERVE, 'HEALTHCHECK --interval=200ms --start-period=60s CMD false'],
  'never-checked': [SERVE, 'HEALTHCHECK --interval=1h CMD true'],
  // Healthy once.
  'turns-sick': [SERVE, 'HEALTHCHECK --interval=400ms --retries=1 CMD mkdir /seen'],
  'no-command': ['CMD ["no-such-command"]'],
};

describeWithEngine('a version that does not pass', { timeout: 60_000 }, () => {
  it.each([
    [
      'sick',
      {
        blame: 'unhealthy',
        evidence: {
          state: 'running',
          strength: 'health check',
          healthLog: expect.arrayContaining(['exit 1: no database, password=***']),
          lastLines: ['serving'],
        },
      },
    ],
    [
      'crashes',
      {
        blame: 'crashed',
        evidence: { state: 'exited', exitCode: 3, strength: 'only running', lastLines: ['token *** is wrong'] },
      },
    ],
    [
      'ships',
      {
        blame: 'crashed',
        evidence: { lastLines: ['ERROR', 'done', expect.stringMatching(/^x🚢{100,}…$/u)] },
      },
    ],
    ['dies-later', { blame: 'crashed', evidence: { exitCode: 7 } }],
    [
      'never-checked',
      { blame: 'unhealthy', why: expect.stringContaining('health check starting'), evidence: { state: 'running' } },
    ],
    ['turns-sick', { blame: 'unhealthy', evidence: { state: 'running' } }],
    ['starts-for-ever', { blame: 'unhealthy', evidence: { state: 'running' } }],
    [
      'no-command',
      {
        phase: 'start',
        blame: 'not_started',
        evidence: { state: 'created', exitCode: 127, error: expect.stringContaining('executable file not found') },
        leaves: 'nothing',
      },
    ],
  ] as const)('(%s): the old one is restored', async (tag, { leaves, ...expected }: Expected) => {
    const { name, old } = await serving(scene);
    const rollout = {
      ...QUICK,
      healthyWithin: tag === 'starts-for-ever' || tag === 'never-checked' ? 2000 : 30_000,
      stableFor: 3000,
    };
    const { run, phases } = await prepare(scene, await scene.wanted(name, tag, { rollout }));

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({
      verdict: 'rolled_back',
      containerId: old,
      downMs: expect.any(Number),
      ...expected,
    });
    expect(phases.at(-1)).toBe('roll-back');
    await expectOld(scene, { name, old }, leaves === 'nothing' ? {} : { [`${name}.failed-${run.deployId}`]: 'exited' });
  });
});

interface Expected {
  readonly blame: Blame;
  readonly leaves?: 'nothing';
  readonly phase?: Phase;
  readonly evidence: object;
}

describeWithEngine('before anything is stopped', { timeout: 60_000 }, () => {
  it('a port used by a process of the host is found at the start, and the old version is restored', async () => {
    const { name, old } = await serving(scene);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '0.0.0.0', resolve));
    onTestFinished(() => void taken.close());
    const port = (taken.address() as { port: number }).port;
    const overrides = { ports: [`${port}:80`] };
    const container = { name, restart: 'always' };
    const wanted = await scene.wanted(name, '2', { from: { kind: 'service', container }, overrides });
    const { run } = await prepare(scene, wanted);

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({
      verdict: 'rolled_back',
      phase: 'start',
      tryThis: expect.stringContaining('ss -ltnp'),
    });
    await expectOld(scene, { name, old });
  });

  it('a missing image changes nothing', async () => {
    const { name, old } = await serving(scene);
    const wanted = await scene.wanted(name, '2');
    const missing = { ...wanted, image: { ...wanted.image, digest: `sha256:${'0'.repeat(64)}` } };
    const { run, phases } = await prepare(scene, missing);

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({
      verdict: 'failed_kept_old',
      phase: 'pull',
      blame: 'image',
      containerId: old,
      downMs: undefined,
    });
    expect(phases).toEqual(['pull', 'roll-back']);
    await expectOld(scene, { name, old });
  });

  it('a new plan that is not allowed changes nothing, and nothing is journalled', async () => {
    const { name, old } = await serving(scene);
    const wanted = await scene.wanted(name, '2', { overrides: { volumes: ['/etc:/host'] } });
    const asked: unknown[] = [];
    const { run, phases } = await prepare(scene, wanted, {
      assertAllowed({ risks }) {
        asked.push(...risks.filter(({ kind }) => kind === 'bind').map(({ what }) => what));
        throw new UserError('guardrail', 'The guardrails forbid it.');
      },
    });

    await expect(runHost(scene.engine, run)).rejects.toThrow('The guardrails forbid it.');

    expect(asked).toEqual(['/etc']);
    expect(phases).toEqual([]);
    await expectOld(scene, { name, old });
  });

  it('a setting that the engine refuses leaves the old version running', async () => {
    const { name, old } = await serving(scene);
    const { run } = await prepare(scene, await scene.wanted(name, '2', { overrides: { cpus: 1000 } }));

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'failed_kept_old', phase: 'create', downMs: undefined });
    expect(verdict.why).toMatch(/range of CPUs/iu);
    await expectOld(scene, { name, old });
  });

  it('a container that was changed by hand since the plan is not replaced', async () => {
    const { name, old } = await serving(scene);
    const { run, phases } = await prepare(scene, await scene.wanted(name, '2'));
    await mustCall(scene.socket, 'POST', `/containers/${old}/update`, { Memory: 64e6, MemorySwap: 128e6 });

    await expect(runHost(scene.engine, run)).rejects.toMatchObject({
      name: 'PlanStale',
      reasons: [{ kind: 'edited' }],
    });

    expect(phases).toEqual([]);
    await expectOld(scene, { name, old });
  });

  it.each([
    ['stopped', (name: string) => ['POST', `/containers/${name}/stop`], 'state'],
    ['removed', (name: string) => ['DELETE', `/containers/${name}?force=true`], 'removed'],
    ['renamed', (name: string) => ['POST', `/containers/${name}/rename?name=${name}-aside`], 'renamed'],
  ] as const)('a container that was %s since the plan is not replaced', async (_, call, kind) => {
    const { name } = await serving(scene);
    const { run } = await prepare(
      scene,
      await scene.wanted(name, '2', { from: { kind: 'service', container: { name } } }),
    );
    const [method, path] = call(name);
    await mustCall(scene.socket, method as string, path as string);

    await expect(runHost(scene.engine, run)).rejects.toMatchObject({ reasons: [{ kind }] });
  });
});

const PHASES: readonly Phase[] = ['pull', 'create', 'stop-old', 'rename-old', 'rename-new', 'start', 'gate'];

describeWithEngine('an abort', { timeout: 60_000 }, () => {
  it.each(PHASES)('in the phase %s restores everything', async (at) => {
    const { name, old } = await serving(scene);
    const told = await prepare(scene, await scene.wanted(name, '2'), {
      journal: async (phase) => {
        if (phase === at) told.abort.abort();
      },
    });

    const verdict = await runHost(scene.engine, told.run);

    expect(verdict).toMatchObject({ verdict: 'aborted', phase: at, containerId: old });
    const left = at === 'gate' ? { [`${name}.failed-${told.run.deployId}`]: 'exited' } : {};
    await expectOld(scene, { name, old }, left);
  });

  it('after the new version has passed is too late', async () => {
    const { name } = await serving(scene);
    const told = await prepare(scene, await scene.wanted(name, '2'), {
      journal: async (phase) => {
        if (phase === 'promote') told.abort.abort();
      },
    });

    expect(await runHost(scene.engine, told.run)).toMatchObject({ verdict: 'deployed' });
    expect((await scene.inspect(name)).State.Running).toBe(true);
  });
});

describeWithEngine('a lost lease', { timeout: 60_000 }, () => {
  it.each(PHASES)('in the phase %s stops the rollout at once', async (at) => {
    const { name, old } = await serving(scene);
    const { run } = await prepare(scene, await scene.wanted(name, '2'));
    const lost = new Error('the lease is somebody else’s');
    let before: unknown;
    const journal = async (phase: Phase) => {
      if (phase !== at) return;
      before = await scene.containers(name);
      throw lost;
    };

    await expect(runHost(scene.engine, { ...run, journal })).rejects.toBe(lost);

    expect(await scene.containers(name)).toEqual(before);
    // The new holder of the lease finishes the rollout.
    const verdict = await recoverHost(scene.engine, run, [at]);
    expect(verdict.verdict).toMatch(/^(?:failed_kept_old|rolled_back|deployed)$/u);
    if (verdict.verdict !== 'deployed') await expectOld(scene, { name, old }, await failedOf(name));
  });
});

async function failedOf(name: string): Promise<Record<string, string>> {
  const all = Object.entries(await scene.containers(name));
  return Object.fromEntries(all.filter(([at]) => at.includes('.failed-')));
}
