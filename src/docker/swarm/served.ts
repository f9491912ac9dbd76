import { code } from '../../domain/errors.ts';
import type { ImageReference } from '../../domain/reference.ts';
import type { Engine } from '../client/engine.ts';
import type { Container } from '../client/types.ts';
import { repositoryOf } from '../rollout/origin.ts';
import { findDigestReference } from '../rollout/served.ts';
import { unlessGone } from '../rollout/survey.ts';
import type { Served } from '../rollout/types.ts';
import type { Service, ServiceSpec, Task } from '../shapes/swarm.ts';

/** A global service has one on each node that Swarm gives one to. */
export function tasksWanted({ Mode }: ServiceSpec, tasks: readonly Task[]): number {
  const wanted = tasks.filter(({ desired }) => desired === 'running' || desired === 'ready');
  return Mode?.Replicated?.Replicas ?? new Set(wanted.map(({ nodeId }) => nodeId)).size;
}

/**
 * The same of a Swarm service as of a container: all its tasks run, no update of it is under way or stuck, and its image has
 * a digest, which Swarm does not write down for every service.
 */
export async function servedBySwarm(
  engine: Engine,
  { spec, update }: Service,
  { image, containers }: { readonly image: ImageReference | undefined; readonly containers: readonly Container[] },
  signal: AbortSignal | undefined,
): Promise<Served> {
  if (!['', 'completed', 'rollback_completed'].includes(update.state))
    return { why: `its last update is ${code(update.state)}` };
  const tasks = await engine.listTasks({ filters: { service: [spec.Name] } }, { signal });
  const running = tasks.filter(({ state, desired }) => state === 'running' && desired === 'running');
  const count = tasksWanted(spec, tasks);
  if (running.length === 0 || running.length < count) return { why: `${running.length} of ${count} tasks run` };
  const here = running.map(({ containerId }) => containers.find(({ id }) => id === containerId));
  const known = image?.digest === undefined ? await digestOf(engine, here.find(Boolean), image, signal) : image;
  if (!known?.digest) return { why: 'its service names no digest of its image' };
  const tag = image?.tag === undefined ? {} : { tag: image.tag };
  return { image: { repository: repositoryOf(known), digest: known.digest, ...tag } };
}

/** By a task that runs on this very node: what its container was made from. */
async function digestOf(
  engine: Engine,
  container: Container | undefined,
  image: ImageReference | undefined,
  signal: AbortSignal | undefined,
): Promise<ImageReference | undefined> {
  const found = container && (await unlessGone(engine.imageConfig(container.imageId, { signal })));
  return found && image && findDigestReference(image, found.digests, repositoryOf(image));
}
