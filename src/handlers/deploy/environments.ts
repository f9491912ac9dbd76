import type { Config } from '../../config.ts';
import type { DeployPlan } from './planning/types.ts';

/** The environments of a plan's hosts, by the label that the config names; empty where no host has it. */
export function environmentsOf(
  { hosts }: Pick<DeployPlan, 'hosts'>,
  config: Pick<Config, 'changes' | 'hosts'>,
): readonly string[] {
  const names = hosts.flatMap(({ host }) => config.hosts.get(host)?.labels[config.changes.environment] ?? []);
  return [...new Set(names)].toSorted();
}
