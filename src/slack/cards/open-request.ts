import { approversOf } from '../../handlers/approval/approvers.ts';
import { rulesOf } from '../../handlers/approval/may-answer.ts';
import type { Deps } from '../../handlers/deps.ts';
import { isGrantPlan } from '../../handlers/grants/plan.ts';
import { isLifecyclePlan } from '../../handlers/lifecycle/stored-plan.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Message } from '../block-kit/message.ts';
import { grantView } from '../views/grants/grant.ts';
import { askedView } from '../views/lifecycle/asked.ts';

/**
 * What the message of an open request shows with the approvers of today's config; undefined for a request whose plan does not
 * hold all that its message shows.
 */
export function openRequestView(approval: Approval, deps: Pick<Deps, 'config'>): Message | undefined {
  const { id, hash, plan, command, requestedBy: person, requestedAt: at, expiresAt } = approval;
  const groups = rulesOf(approval, deps).flatMap(({ rule }) => rule.from);
  const shared = { id, hash, from: approversOf([...new Set(groups)], deps.config), expiresAt, audit: '' };
  if (command === 'grant' && isGrantPlan(plan))
    return grantView({ kind: 'grant-asked', ...shared, ...plan }, { person });
  if (!isLifecyclePlan(plan) || plan.act.action !== command) return undefined;
  return askedView({ kind: 'lifecycle-asked', ...shared, ...plan, at, ms: 0, failures: [] }, { person });
}
