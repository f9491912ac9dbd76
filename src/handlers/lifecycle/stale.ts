import type { LifecyclePlan, Target } from './types.ts';

/** Why a plan no longer holds, one sentence each; empty while it does. Both are of the same ids. */
export function staleReasons(planned: LifecyclePlan['hosts'][number], now: LifecyclePlan['hosts'][number]): string[] {
  return planned.targets.flatMap((was) => {
    const is = now.targets.find(({ id }) => id === was.id);
    const why = is ? changeOf(was, is) : 'was removed';
    return why === undefined ? [] : [`${was.name} on ${planned.host} ${why}.`];
  });
}

function changeOf(was: Target, is: Target): string | undefined {
  if (was.name !== is.name) return `is called ${is.name} now`;
  if (was.imageId !== is.imageId || was.service !== is.service) return 'is another one now';
  if (intended(was.state) !== intended(is.state)) return `was ${was.state} and is ${is.state} now`;
  const known = new Set(was.affected.map(({ id }) => id));
  const added = is.affected.filter(({ id }) => !known.has(id));
  if (added.length > 0) return `is needed by ${added.map(({ name }) => name).join(', ')} now`;
  if (JSON.stringify(was.changes) !== JSON.stringify(is.changes)) return 'has other settings now';
  if (is.volumes.some((one) => !was.volumes.includes(one))) return 'would lose other volumes now';
  if (is.cautions.some((one) => !was.cautions.includes(one))) return 'would have other consequences now';
  return undefined;
}

/** A container that crashes again and again is both by turns, without anybody changing it. */
const intended = (state: string) => (state === 'restarting' ? 'running' : state);
