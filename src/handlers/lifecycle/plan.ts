import type { Config } from '../../config.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { ownParts } from '../../docker/rollout/own-parts.ts';
import { type HostContainers, inspectAll } from '../../docker/rollout/survey.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import { code, UserError } from '../../domain/errors.ts';
import { affectedBy } from './affected.ts';
import { consequencesOf } from './consequences.ts';
import { serviceOfContainer } from './service-of.ts';
import type { Act, LifecyclePlan, Target } from './types.ts';

export interface Planning {
  readonly host: string;
  readonly act: Act;
  /** Full ids. */
  readonly ids: readonly string[];
  readonly signal: AbortSignal;
}

type HostPlan = LifecyclePlan['hosts'][number];

/**
 * Looks at one host and says what an action will do to its containers. Nothing is touched. Throws a `UserError` for a
 * container that is gone, or is Fairlead's own.
 */
export async function planHost(
  engine: Engine,
  { host, act, ids, signal }: Planning,
  config: Config,
): Promise<HostPlan> {
  const containers = await engine.listContainers({ all: true }, { signal });
  const raws = await inspectAll(engine, containers, signal);
  const own = ownParts(containers, engine.reach);
  const targets = ids.map((id) => {
    const raw = raws.find(({ Id }) => Id === id);
    const listed = containers.find((one) => one.id === id);
    if (!raw || !listed)
      throw new UserError('not_found', `The container ${id.slice(0, 12)} on ${host} was removed meanwhile.`);
    refuseOwn(raw, own);
    const others = raws.filter(({ Id }) => Id !== id);
    const around: HostContainers = { containers, live: { raw, image: undefined }, others };
    return targetOf(act, around, raw, serviceOfContainer(listed, config));
  });
  return { host, targets };
}

function targetOf(act: Act, host: HostContainers, raw: RawContainer, service: string): Target {
  // Those that are acted on themselves are listed as well: what happens to them first is what matters.
  return {
    id: raw.Id,
    name: raw.Name,
    service,
    image: raw.Config.Image,
    imageId: raw.Image,
    state: raw.State.Status,
    affected: affectedBy(act, host, raw),
    ...consequencesOf(act, raw),
  };
}

/** Fairlead, its way to the engine, and whatever uses their volumes are not changed from chat. */
function refuseOwn({ Id, Name, Mounts }: RawContainer, own: ReturnType<typeof ownParts>): void {
  const shares = Mounts.some((mount) => mount.Type === 'volume' && own.volumes.has(mount.Name));
  if (!own.containers.has(Id) && !shares) return;
  const why = own.containers.has(Id)
    ? 'is Fairlead itself or its way to this engine'
    : 'uses a volume of Fairlead, such as its database';
  throw new UserError('conflict', `${code(Name)} ${why}, and is not changed from chat.`, 'Do it on the host.');
}
