import { code } from '../../domain/errors.ts';
import type { ImageReference } from '../../domain/reference.ts';
import type { Engine } from '../client/engine.ts';
import type { Container } from '../client/types.ts';
import { repositoryOf } from '../rollout/origin.ts';
import { findDigestReference } from '../rollout/served.ts';
import { unlessGone } from '../rollout/survey.ts';
import type { Served } from '../rollout/types.ts';
import type { Service, ServiceSpec, Task } from '../shapes/swarm.ts';

/** Number of tasks a service should have: of a global service, one per node that Swarm gives a task. */
export function tasksWanted({ Mode }: ServiceSpec, tasks: readonly Task[]): number {
  const wanted = tasks.filter(({ desired }) => desired === 'running' || desired === 'ready');
  return Mode?.Replicated?.Replicas ?? new Set(wanted.map(({ nodeId }) => nodeId)).size;
}

/**
 * Whether a Swarm service is a version to roll back to: all its tasks run, no update is running or stuck, and its image
 * has a digest, which Swarm does not record for every service.
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

/** The digest by the container of a task on this node. */
async function digestOf(
  engine: Engine,
  container: Container | undefined,
  image: ImageReference | undefined,
  signal: AbortSignal | undefined,
): Promise<ImageReference | undefined> {
  const found = container && (await unlessGone(engine.imageConfig(container.imageId, { signal })));
  return found && image && findDigestReference(image, found.digests, repositoryOf(image));
}
