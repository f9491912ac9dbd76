import type { StaleReason } from './errors.ts';
import type { HostPlan } from './types.ts';

/**
 * Compares the approved plan of a host with a later one. Resolves to why the approved plan no longer holds, or to nothing.
 * Whatever a plan promises is compared here and nowhere else: the running container, its settings and state, conflicts, what
 * will be created, and how it is rolled out.
 */
export function staleReasons(approved: HostPlan, current: HostPlan): StaleReason[] {
  const [was, is] = [approved.now, current.now];
  if (was && !is) return [{ kind: 'removed', text: `${was.containerName} was removed.` }];
  if (!was && is) return [{ kind: 'created', text: `${is.containerName} was created since.` }];
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

/** A container that crashes again and again is `running` and `restarting` by turns, without anyone changing it. */
const intendedState = (state: string) => (state === 'restarting' ? 'running' : state);
