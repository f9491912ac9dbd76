import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import type { HostPlan } from '../../../src/docker/rollout/types.ts';
import type { Wanted } from '../../../src/docker/rollout/wanted.ts';
import { uniqueName } from '../../bed/bed.ts';
import { openScene, QUICK, SERVE } from './scene.ts';

/** Containers that may live in each other's namespaces, on one engine. */
export async function openNeighbourhood() {
  const scene = await openScene();
  const network = uniqueName('net');
  await mustCall(scene.socket, 'POST', '/networks/create', { Name: network, Internal: true });
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
  const post = (path: string) => mustCall(scene.socket, 'POST', `/containers/${path}`);
  /** The network has few addresses. */
  const tidy = (name: string) =>
    onTestFinished(async () => {
      for (const at of Object.keys(await scene.containers(name)))
        await callEngine(scene.socket, 'DELETE', `/containers/${at}?force=true&v=true`);
    });
  return {
    scene,
    network,
    engine: scene.engine,
    inspect: scene.inspect,
    containers: scene.containers,
    wanted: scene.wanted,
    post,
    stop: (name: string) => post(`${name}/stop?t=5`),
    async remove(name: string) {
      await mustCall(scene.socket, 'DELETE', `/containers/${name}?force=true`);
    },
    /** A container that others find by the alias `web`, with an IPC namespace that others may join. */
    async lender(name = uniqueName('gw')) {
      tidy(name);
      const id = await scene.run(name, '1', {
        HostConfig: { NetworkMode: network, IpcMode: 'shareable' },
        NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['web'] } } },
      });
      return { name, id };
    },
    async run(
      HostConfig: object,
      state: 'running' | 'created' | 'exited' | 'paused' = 'running',
      name = uniqueName('app'),
    ) {
      tidy(name);
      const made = await mustCall(scene.socket, 'POST', `/containers/create?name=${name}`, {
        Image: `${scene.repository}:1`,
        HostConfig: { NetworkMode: 'none', ...HostConfig },
      });
      if (state !== 'created') await post(`${name}/start`);
      if (state === 'paused') await post(`${name}/pause`);
      if (state === 'exited') await post(`${name}/stop?t=5`);
      return { name, id: (JSON.parse(made) as { Id: string }).Id };
    },
    async plan(name: string, tag = '2', more: Partial<Wanted> = {}): Promise<HostPlan> {
      return planHost(scene.engine, 'web-1', await scene.wanted(name, tag, { rollout: QUICK, ...more }));
    },
    /** What a container's processes see of the network: `lo`, `eth0`. */
    async interfaces(name: string): Promise<string[]> {
      const { Pid } = (await scene.inspect(name)).State;
      const lines = readFileSync(`/proc/${Pid}/net/dev`, 'utf8').trim().split('\n').slice(2);
      return lines.map((line) => line.split(':')[0]?.trim() ?? '');
    },
    async close() {
      await scene.close();
      await callEngine(scene.socket, 'DELETE', `/networks/${network}`);
    },
  };
}

export type Neighbourhood = Awaited<ReturnType<typeof openNeighbourhood>>;
