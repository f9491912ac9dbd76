import type { StaleReason } from './errors.ts';
import { ownName } from './names.ts';
import type { Survey } from './survey.ts';
import type { HostPlan, RunningNow } from './types.ts';

/** A host that was planned again. A Swarm service has no survey. */
interface Replanned {
  readonly plan: HostPlan;
  readonly survey?: Pick<Survey, 'containers'>;
}

/**
 * Compares the approved plan of a host with a later one. Returns why the approved plan no longer holds, or nothing.
 * Whatever a plan promises is compared here and nowhere else: the running container, its settings and state, conflicts, what
 * will be created, and how it is rolled out.
 */
export function staleReasons(approved: HostPlan, { plan: current, survey }: Replanned): StaleReason[] {
  const [was, is] = [approved.now, current.now];
  if (was && !is) return [goneReason(was, survey?.containers ?? [])];
  // It may be older than the plan, and have had another name.
  if (!was && is) return [{ kind: 'created', text: `There is a container ${is.containerName} now.` }];
  const reasons: StaleReason[] = current.conflicts.map((text) => ({ kind: 'conflict', text }));
  if (was && is) {
    const name = is.containerName;
    if (was.containerId !== is.containerId)
      reasons.push({ kind: 'replaced', text: `${name} is a different container now.` });
    else if (was.configHash !== is.configHash) reasons.push({ kind: 'edited', text: `${name} was changed by hand.` });
    if (intendedState(was.state) !== intendedState(is.state))
      reasons.push({ kind: 'state', text: `${name} was ${was.state} and is ${is.state} now.` });
  }
  if (reasons.length > 0) return reasons;
  if (approved.next.digest !== current.next.digest || approved.next.bodyHash !== current.next.bodyHash)
    return [{ kind: 'settings', text: 'The settings of the new container differ from the approved ones.' }];
  if (approved.strategy !== current.strategy)
    return [{ kind: 'strategy', text: `The rollout would be ${current.strategy} now, not ${approved.strategy}.` }];
  return [];
}

/** A container that is there under another name was not removed: its data and its process are still there. */
function goneReason({ containerId, containerName }: RunningNow, containers: Survey['containers']): StaleReason {
  const renamed = containers.find(({ id }) => id === containerId);
  return renamed
    ? { kind: 'renamed', text: `${containerName} was renamed to ${ownName(renamed)}.` }
    : { kind: 'removed', text: `${containerName} was removed.` };
}

/** A container that crashes again and again is `running` and `restarting` by turns, without anyone changing it. */
const intendedState = (state: string) => (state === 'restarting' ? 'running' : state);
