import type { DeployPlan } from '../planning/types.ts';

/** The state of hosts without the new version: the old version, nothing (a first deploy), or a mix. */
export type Left = 'old' | 'nothing' | 'mixed';

/** `taken`: hosts that run the new version. */
export function remainingState({ hosts }: Pick<DeployPlan, 'hosts'>, taken: readonly string[]): Left {
  const others = hosts.filter(({ host }) => !taken.includes(host));
  const old = others.filter(({ now }) => now?.state === 'running').length;
  if (old === others.length) return 'old';
  return old === 0 ? 'nothing' : 'mixed';
}
