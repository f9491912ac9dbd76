import type { Config } from '../../config.ts';
import type { Approver } from './approver.ts';

/** Groups as they can be mentioned. */
export function approversOf(groups: readonly string[], config: Config): Approver[] {
  return groups.map((name) => {
    const group = config.groups.get(name);
    return { name, usergroup: group?.usergroup, people: group?.people ?? [] };
  });
}
