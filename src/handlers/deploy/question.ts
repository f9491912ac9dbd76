import type { Deps, Request } from '../types.ts';
import { mustBreakGlass, rulesOf } from './may-answer.ts';
import { startDeployment } from './start.ts';
import type { DeployPlan } from './types.ts';

/** Where no rule says how long a question stands. */
const CONFIRM_WITHIN_MS = 15 * 60_000;

/** Puts the question before people; where the glass is broken, it is answered in the same breath. */
export async function question(plan: DeployPlan, hash: string, request: Request, deps: Deps): Promise<void> {
  const at = deps.now();
  const rules = rulesOf({ command: plan.action, plan, service: plan.service }, deps).map(({ rule }) => rule);
  const review = plan.breakGlass ? mustBreakGlass(request, deps) : 0;
  const expires = rules.length === 0 ? CONFIRM_WITHIN_MS : Math.min(...rules.map((rule) => rule.expires));
  const remind = rules.length === 0 ? undefined : Math.min(...rules.map((rule) => rule.remind));
  await deps.store.approvals.create({
    id: request.id,
    command: plan.action,
    service: plan.service,
    line: request.shownLine,
    channel: request.channel,
    requestedBy: request.person,
    requestedAt: at,
    expiresAt: at + expires,
    plan,
    hash,
    ...(remind === undefined || plan.breakGlass ? {} : { remindEvery: remind }),
  });
  if (!plan.breakGlass) return;
  await startDeployment(request.id, plan, request.person, deps, { reason: plan.reason ?? '', reviewBy: at + review });
}
