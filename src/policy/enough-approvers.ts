import type { AppliedRule } from './approval-rules.ts';

/** Members by group name; undefined for a group that could not be read. */
export type Members = ReadonlyMap<string, ReadonlySet<string> | undefined>;

export interface Counting {
  readonly rules: readonly AppliedRule[];
  /** Undefined: a person in none of the groups. */
  readonly requestedBy: string | undefined;
  readonly members: Members;
  /** One approval has to satisfy every rule, as for a prune. */
  readonly oneApproval: boolean;
}

/** Why there are not enough people to approve. */
export type Shortfall =
  | {
      readonly kind: 'too_few';
      readonly rule: AppliedRule;
      /** How many people could approve. */
      readonly able: number;
      /** The requester is in one of the groups, and does not count. */
      readonly own: boolean;
    }
  | { readonly kind: 'no_common'; readonly rules: readonly AppliedRule[]; readonly own: boolean };

/**
 * Rules that cannot be satisfied even if everyone in their groups approves; empty when all can be. A rule with a group that
 * could not be read counts as having enough people.
 */
export function shortfalls({ rules, requestedBy, members, oneApproval }: Counting): readonly Shortfall[] {
  const known = rules.flatMap((applied) => {
    const people = peopleOf(applied, members);
    if (!people) return [];
    const own = requestedBy !== undefined && !applied.rule.self && people.has(requestedBy);
    const able = new Set([...people].filter((person) => !own || person !== requestedBy));
    return [{ applied, people, able, own }];
  });
  const few = known.filter(({ applied, able }) => able.size < applied.rule.count);
  if (few.length > 0)
    return few.map(({ applied, able, own }) => ({ kind: 'too_few', rule: applied, able: able.size, own }));
  if (!oneApproval) return [];
  const [first, ...others] = known;
  const inAll = (person: string) => others.every(({ able }) => able.has(person));
  if (!first || [...first.able].some(inAll)) return [];
  const own = requestedBy !== undefined && known.every(({ people }) => people.has(requestedBy));
  return [{ kind: 'no_common', rules: known.map(({ applied }) => applied), own }];
}

function peopleOf({ rule }: AppliedRule, members: Members): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const group of rule.from) {
    const people = members.get(group);
    if (!people) return undefined;
    for (const person of people) all.add(person);
  }
  return all;
}
