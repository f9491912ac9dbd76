import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import type { HostVerdict } from '../../../src/docker/rollout/verdict.ts';
import { uniqueName } from '../../bed/bed.ts';
import { startTestEngine } from '../../bed/engines.ts';
import { smallDisk } from '../../bed/small-disk.ts';
import { openScene, prepare, SERVE } from './scene.ts';

export const WAYS = ['stop-first', 'start-first'] as const;
export type Way = (typeof WAYS)[number];

/** A service of version 1 that is rolled out in that way, and its network when others find it by one. */
export async function openShop(way: Way, ...where: Parameters<typeof openScene>) {
  const scene = await openScene(...where);
  const network = way === 'start-first' ? uniqueName('net') : undefined;
  onTestFinished(async () => {
    await scene.close();
    if (network) await callEngine(scene.socket, 'DELETE', `/networks/${network}`);
  });
  if (network) await mustCall(scene.socket, 'POST', '/networks/create', { Name: network, Internal: true });
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
  const name = uniqueName('shop');
  const old = await scene.run(name, '1', {
    HostConfig: { NetworkMode: network ?? 'none', RestartPolicy: { Name: 'always' } },
    ...(network ? { NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['web'] } } } } : {}),
  });
  return { scene, way, network, name, old };
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

/** Rolls version 2 out, and does something to the host the moment a phase is journalled. */
export async function during(
  { scene, name, way }: Shop,
  at: Phase,
  trouble: (fresh: string) => unknown,
): Promise<HostVerdict> {
  const { run, plan } = await prepare(scene, await scene.wanted(name, '2'), {
    journal: async (phase) => {
      if (phase === at) await trouble(way === 'stop-first' ? name : `${name}-${run.deployId.slice(-8).toLowerCase()}`);
    },
  });
  expect(plan.strategy).toBe(way);
  return runHost(scene.engine, run);
}

/** That one runs and is found, with its restart policy, and no other of the service runs. */
export async function expectServing({ scene, name, network, old }: Shop, id: string | undefined): Promise<void> {
  const now = await scene.inspect(id ?? 'none');
  expect(now).toMatchObject({ State: { Running: true }, HostConfig: { RestartPolicy: { Name: 'always' } } });
  if (id === old || !network) expect(now.Name).toBe(`/${name}`);
  if (network) expect(now.NetworkSettings.Networks[network]?.Aliases).toContain('web');
  const running = Object.entries(await scene.containers(name)).filter(([, state]) => state !== 'exited');
  expect(running).toEqual([[now.Name.slice(1), 'running']]);
}

/** An engine whose disk can be filled to the last byte. */
export async function smallEngine() {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-engine-full-'));
  const disk = smallDisk(join(dir, 'data'), 96);
  const engine = await startTestEngine({ keptIn: dir });
  onTestFinished(async () => {
    // With what is mounted in it.
    await engine.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  return { socket: engine.socketPath, ...disk };
}
