import { approversOf } from '../handlers/approval/approvers.ts';
import { approvalSubject, rulesOf } from '../handlers/approval/may-answer.ts';
import { nobodyCanAnswer } from '../handlers/approval/nobody.ts';
import { deployApproval } from '../handlers/deploy/approval.ts';
import { deployPlanOf, isDeploy } from '../handlers/deploy/planning/stored-plan.ts';
import type { Deps } from '../handlers/deps.ts';
import { tellNext } from '../handlers/locks/tell-next.ts';
import { signersOf } from '../policy/break-glass.ts';
import { shipHead } from './audit-head.ts';
import { waveNote } from './deployments/waves.ts';
import { tellEndedGrants } from './ended-grants.ts';

/** Time between two reminders of a lock, in milliseconds. */
const LOCK_PAUSE_MS = 60 * 60_000;
/** Time between two reminders of an overdue review, in milliseconds. */
const REVIEW_PAUSE_MS = 4 * 3_600_000;

/** Expires requests and locks and sends due reminders; each once over all processes. */
export async function runDueReminders(
  deps: Pick<Deps, 'board' | 'config' | 'kinds' | 'log' | 'now' | 'people' | 'store'>,
): Promise<void> {
  const { store, board, config } = deps;
  const now = deps.now();
  await shipHead(deps);
  for (const approval of await store.approvals.expire(now)) {
    if (!isDeploy(approval)) continue;
    board.changed(approval.id, true);
    const { requestedBy, line } = approval;
    await board.note(approval.id, { kind: 'expired', what: deployApproval.describe(approval), requestedBy, line });
  }
  for (const approval of await store.approvals.remind(now)) {
    if (!isDeploy(approval)) continue;
    const { requestedBy, expiresAt } = approval;
    const approvers = approversOf([...new Set(rulesOf(approval, deps).flatMap(({ rule }) => rule.from))], config);
    await board.note(approval.id, {
      kind: 'asked',
      what: deployApproval.describe(approval),
      requestedBy,
      approvers,
      expiresAt,
      again: true,
      nobody: await nobodyCanAnswer('it now', approval, deps),
    });
  }
  for (const deployment of await store.deployments.remindWaves(now)) {
    const approval = await store.approvals.get(deployment.approval);
    const plan = approval && deployPlanOf(approval);
    if (plan) await board.note(approval.id, waveNote({ approval, plan }, deployment, deps, true));
  }
  for (const { owner, service, token, until } of await store.locks.remind(now, LOCK_PAUSE_MS))
    await board.tell(owner, { kind: 'lock-ending', service, token, until });
  for (const { owner, service } of await store.locks.ended(now)) {
    await board.tell(owner, { kind: 'lock-ended', service });
    await tellNext(service, deps);
  }
  await tellEndedGrants(deps);
  for (const review of await store.reviews.remind(now, REVIEW_PAUSE_MS)) {
    const deployment = await store.deployments.get(review.deployment);
    if (!deployment) continue;
    const approval = await store.approvals.get(deployment.approval);
    const approvers = approval ? approversOf(signersOf(approvalSubject(approval), config), config) : [];
    await board.note(deployment.approval, {
      kind: 'review-due',
      id: deployment.approval,
      what: approval ? deployApproval.describe(approval) : deployment.line,
      by: review.person,
      approvers,
      overdue: now > review.dueAt,
    });
  }
}
