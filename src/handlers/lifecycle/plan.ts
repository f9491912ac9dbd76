import type { Config } from '../../config.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { ownParts } from '../../docker/rollout/own-parts.ts';
import { type HostContainers, inspectAll } from '../../docker/rollout/survey.ts';
import { UserError } from '../../domain/errors.ts';
import { affectedBy } from './affected.ts';
import { consequencesOf } from './consequences.ts';
import { planUpdate } from './plan-update.ts';
import { type Judging, refuse } from './refusals.ts';
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
 * container that is gone, or for what is refused to everybody.
 */
export async function planHost(engine: Engine, planning: Planning, config: Config): Promise<HostPlan> {
  const { host, act, ids, signal } = planning;
  const containers = await engine.listContainers({ all: true }, { signal });
  const raws = await inspectAll(engine, containers, signal);
  const own = ownParts(containers, engine.reach);
  const targets: Target[] = [];
  for (const id of ids) {
    const raw = raws.find(({ Id }) => Id === id);
    const listed = containers.find((one) => one.id === id);
    if (!raw || !listed)
      throw new UserError('not_found', `The container ${id.slice(0, 12)} on ${host} was removed meanwhile.`);
    const others = raws.filter(({ Id }) => Id !== id);
    const around: HostContainers = { containers, live: { raw, image: undefined }, others };
    const judging = { act, host: around, raw, service: serviceOfContainer(listed, config) };
    refuse(judging, own, config);
    const update = act.action === 'update' ? await planUpdate(engine, { ...judging, act }, config, signal) : undefined;
    targets.push({ ...targetOf(judging), ...update });
  }
  return { host, targets };
}

function targetOf({ act, host, raw, service }: Judging): Target {
  return {
    id: raw.Id,
    name: raw.Name,
    service,
    image: raw.Config.Image,
    imageId: raw.Image,
    state: raw.State.Status,
    affected: affectedBy(act, host, raw),
    ...consequencesOf(act, host, raw),
    changes: [],
  };
}
