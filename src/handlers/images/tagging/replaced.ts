import { familiar, parseReference } from '../../../domain/reference.ts';
import { kindOfTag } from '../../../domain/release.ts';
import type { TagPlan } from './types.ts';

/** What a tag would replace or take: why it needs an approval whatever the rules. Empty for a name that is free. */
export function replacedByTag(plan: TagPlan): readonly string[] {
  if (plan.kind === 'hosts') {
    const isOne = plan.hosts.length === 1;
    return plan.hosts.flatMap(({ host, why }) => why.map((one) => (isOne ? one : `On ${host}: ${one}`)));
  }
  const { before, digest } = plan;
  const target = parseReference(plan.target);
  if (before === null || before === digest || kindOfTag(target.tag ?? '') !== 'release') return [];
  return [`${familiar(target)} is a release, and is ${before.slice(0, 19)}….`];
}
