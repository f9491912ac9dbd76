import type { DeployPlan } from '../planning/types.ts';

/** What there is on hosts that did not take the new version: the old one, nothing where it was the first, or both kinds. */
export type Left = 'old' | 'nothing' | 'mixed';

/** `taken` are the hosts that have the new version. */
export function remainingState({ hosts }: Pick<DeployPlan, 'hosts'>, taken: readonly string[]): Left {
  const others = hosts.filter(({ host }) => !taken.includes(host));
  const old = others.filter(({ now }) => now?.state === 'running').length;
  if (old === others.length) return 'old';
  return old === 0 ? 'nothing' : 'mixed';
}
