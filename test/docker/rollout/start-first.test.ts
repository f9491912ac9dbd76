import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { recoverHost } from '../../../src/docker/rollout/recover.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';

let scene: Scene;
const network = uniqueName('net');
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  await mustCall(scene.socket, 'POST', '/networks/create', { Name: network, Internal: true });
  for (const tag of ['1', '2', '3']) await scene.publish(tag, [SERVE]);
  await scene.publish('bad', ['CMD ["sh","-c","echo sorry; exit 4"]']);
});
afterAll(async () => {
  await scene?.close();
  if (scene) await callEngine(scene.socket, 'DELETE', `/networks/${network}`);
});

async function aliased() {
  const name = uniqueName('shop');
  // The network has few addresses.
  onTestFinished(async () => {
    for (const at of Object.keys(await scene.containers(name)))
      await callEngine(scene.socket, 'DELETE', `/containers/${at}?force=true`);
  });
  const old = await scene.run(name, '1', {
    HostConfig: { NetworkMode: network, RestartPolicy: { Name: 'always' } },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['web'] } } },
  });
  // Engines before Docker 25 count the beginning of its id among them; later ones say null when there are none.
  const aliases = async (of: string) => {
    const on = (await scene.inspect(of)).NetworkSettings.Networks[network];
    return on && (on.Aliases ?? []).filter((alias) => !/^[0-9a-f]{12}$/u.test(alias));
  };
  return { name, old, aliases };
}

/** An engine whose user is killed the moment that call upon that container has had its effect. */
function dying(engine: Engine, call: keyof Engine, id: string, die: () => void): Engine {
  return new Proxy(engine, {
    get(target, key) {
      if (key !== call) return Reflect.get(target, key);
      return async (...args: unknown[]) => {
        const answer: unknown = await Reflect.apply(Reflect.get(target, key) as () => unknown, target, args);
        if (!args.includes(id)) return answer;
        die();
        throw new Error('killed');
      };
    },
  });
}

describeWithEngine('a start-first rollout', { timeout: 60_000 }, () => {
  it('starts the new version beside the old one, and moves the alias once it is healthy', async () => {
    const { name, old, aliases } = await aliased();
    const seen: Record<string, unknown> = {};
    const told = await prepare(scene, await scene.wanted(name, '2'), {
      journal: async (phase) => {
        told.phases.push(phase);
        if (phase === 'gate' || phase === 'drain') seen[phase] = await scene.containers(name);
        if (phase === 'promote') seen['aliasesBefore'] = await aliases(versioned);
        if (phase === 'stop-old')
          seen['leaving'] = [await scene.containers(name), await aliases(previous), await address()];
      },
    });
    const versioned = `${name}-${told.run.deployId.slice(-8).toLowerCase()}`;
    const previous = `${name}.prev-${told.run.deployId}`;
    const address = async () => (await scene.inspect(old)).NetworkSettings.Networks[network]?.IPAddress;
    const before = await address();

    const verdict = await runHost(scene.engine, told.run);

    expect(told.plan).toMatchObject({ strategy: 'start-first', why: expect.stringContaining('network alias web') });
    expect(verdict).toMatchObject({ verdict: 'deployed', downMs: undefined });
    expect(told.phases).toEqual(
      'pull create start gate promote drain stop-old rename-old retain'.split(' ') satisfies string[],
    );
    expect(seen).toEqual({
      gate: { [name]: 'running', [versioned]: 'running' },
      aliasesBefore: [],
      drain: { [name]: 'running', [versioned]: 'running' },
      // Neither by its alias nor by its name, but where it was, so that it can finish what it began.
      leaving: [{ [previous]: 'running', [versioned]: 'running' }, [], before],
    });
    expect(await aliases(versioned)).toEqual(['web', name]);
    expect((await scene.inspect(versioned)).HostConfig['RestartPolicy']).toMatchObject({ Name: 'always' });
    expect(await scene.containers(name)).toEqual({
      [versioned]: 'running',
      [previous]: 'exited',
    });
    expect((await scene.inspect(previous)).Id).toBe(old);
    expect(await aliases(previous)).toEqual(['web']);
  });

  it('can be repeated, and each version is found as the live one', async () => {
    const { name, aliases } = await aliased();
    const first = await prepare(scene, await scene.wanted(name, '2'), { deployId: '01JDAAAAAAAA' });
    await runHost(scene.engine, first.run);

    const second = await prepare(scene, await scene.wanted(name, '3'), { deployId: '01JDBBBBBBBB' });
    const verdict = await runHost(scene.engine, second.run);

    expect(second.plan.now?.containerName).toBe(`${name}-aaaaaaaa`);
    expect(verdict).toMatchObject({ verdict: 'deployed' });
    expect(await aliases(`${name}-bbbbbbbb`)).toEqual(['web', name]);
    expect(await scene.containers(name)).toEqual({
      [`${name}-bbbbbbbb`]: 'running',
      [`${name}.prev-01JDAAAAAAAA`]: 'exited',
      [`${name}.prev-01JDBBBBBBBB`]: 'exited',
    });
  });

  it('does not touch the old version when the new one does not pass', async () => {
    const { name, old, aliases } = await aliased();
    const { run } = await prepare(scene, await scene.wanted(name, 'bad'));
    const { State: before } = await scene.inspect(name);

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({
      verdict: 'failed_kept_old',
      blame: 'crashed',
      downMs: undefined,
      evidence: { exitCode: 4, lastLines: ['sorry'] },
      containerId: old,
    });
    expect((await scene.inspect(name)).State.StartedAt).toBe(before.StartedAt);
    expect(await aliases(name)).toEqual(['web']);
    expect(await scene.containers(name)).toEqual({ [name]: 'running', [`${name}.failed-${run.deployId}`]: 'exited' });
  });

  it.each(['pull', 'create', 'start', 'gate', 'promote', 'drain'] as const)(
    'can be aborted in the phase %s',
    async (at: Phase) => {
      const { name, old } = await aliased();
      const rollout = { ...QUICK, drain: 60_000 };
      const told = await prepare(scene, await scene.wanted(name, '2', { rollout }), {
        journal: async (phase) => {
          if (phase === at) told.abort.abort();
        },
      });
      const { State: before } = await scene.inspect(name);

      expect(await runHost(scene.engine, told.run)).toMatchObject({ verdict: 'aborted', phase: at, containerId: old });

      expect((await scene.inspect(name)).State.StartedAt).toBe(before.StartedAt);
      const running = Object.entries(await scene.containers(name)).filter(([, state]) => state !== 'exited');
      expect(running).toEqual([[name, 'running']]);
    },
  );

  const MOVES = ['disconnectNetwork', 'renameContainer', 'connectNetwork'] as const;
  it.each(MOVES.flatMap((move) => [[move, 'runs'] as const, [move, 'died too'] as const]))(
    'killed while the alias moves (%s) and the new version %s: one version has the alias in the end',
    async (move, fate) => {
      const { name, old, aliases } = await aliased();
      let isDead = false;
      const told = await prepare(scene, await scene.wanted(name, '2'), {
        journal: async () => {
          if (isDead) throw new Error('killed');
        },
      });
      const engine = dying(scene.engine, move, old, () => {
        isDead = true;
      });
      const versioned = `${name}-${told.run.deployId.slice(-8).toLowerCase()}`;
      const { State: before } = await scene.inspect(name);
      await expect(runHost(engine, told.run)).rejects.toThrow('killed');
      if (fate === 'died too') await mustCall(scene.socket, 'POST', `/containers/${versioned}/kill`);
      isDead = false;

      const verdict = await recoverHost(scene.engine, told.run, ['drain']);

      const serving = fate === 'runs' ? versioned : name;
      expect(verdict.verdict).toBe(fate === 'runs' ? 'deployed' : 'rolled_back');
      const running = Object.entries(await scene.containers(name)).filter(([, state]) => state === 'running');
      expect(running).toEqual([[serving, 'running']]);
      expect(await aliases(serving)).toEqual(fate === 'runs' ? ['web', name] : ['web']);
      expect(await aliases(old)).toEqual(['web']);
      if (fate === 'died too') expect((await scene.inspect(name)).State.StartedAt).toBe(before.StartedAt);
    },
  );

  it('is neither chosen nor possible with an exclusive resource', async () => {
    const { name } = await aliased();
    const ports = { name, ports: ['18080:80'], networks: [{ name: network, aliases: ['web'] }] };
    const wanted = await scene.wanted(name, '2', { from: { kind: 'service', container: ports } });

    const auto = await planHost(scene.engine, 'web-1', wanted);
    const asked = await planHost(scene.engine, 'web-1', { ...wanted, rollout: { ...QUICK, strategy: 'start-first' } });

    expect(auto).toMatchObject({
      strategy: 'stop-first',
      why: expect.stringContaining('18080'),
      conflicts: [],
    });
    expect(asked.conflicts).toEqual([expect.stringContaining('18080')]);
  });
});
