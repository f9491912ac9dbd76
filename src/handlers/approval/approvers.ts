import type { Config } from '../../config.ts';
import type { Approver } from './approver.ts';

/** The approvers of groups, ready to be mentioned. */
export function approversOf(groups: readonly string[], config: Config): Approver[] {
  return groups.map((name) => {
    const group = config.groups.get(name);
    return { name, usergroup: group?.usergroup, people: group?.people ?? [] };
  });
}
