import { rulesOf } from '../../approval/may-answer.ts';
import { deadlinesOf } from '../../approval/terms.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import type { Glass } from './glass.ts';
import { startDeployment } from './start.ts';
import type { DeployPlan } from './types.ts';
import type { Values } from './values.ts';

/** What people are asked to approve. */
export interface Proposal {
  readonly plan: DeployPlan;
  readonly hash: string;
  /** Of variables given for this deploy only. */
  readonly values: Values | undefined;
}

/**
 * Puts the question before people; where the glass is broken, it is answered in the same breath. Its card stands before
 * anything begins: what nobody could see, stop or sign for is not done.
 */
export async function question(
  { plan, hash, values }: Proposal,
  glass: Glass | undefined,
  request: Request,
  deps: Pick<Deps, 'board' | 'config' | 'now' | 'runner' | 'store'>,
): Promise<void> {
  const at = deps.now();
  const { id, person, channel, thread } = request;
  const { expires, remind } = deadlinesOf(rulesOf({ command: plan.action, plan, service: plan.service }, deps));
  await deps.store.approvals.create({
    id,
    command: plan.action,
    service: plan.service,
    line: request.shownLine,
    channel,
    requestedBy: person,
    requestedAt: at,
    expiresAt: at + expires,
    plan,
    hash,
    values,
    ...(remind === undefined || glass ? {} : { remindEvery: remind }),
  });
  try {
    await deps.board.post(id, { channel, thread });
    if (!glass) return;
    // Recorded with the question: the factor that was given for breaking the glass.
    if (glass.factor) await deps.store.approvals.vote({ id, person, at: deps.now(), factor: glass.factor });
    const breakGlass = { reason: plan.reason ?? '', reviewBy: at + glass.review };
    await startDeployment({ approval: id, plan, breakGlass }, person, deps);
    deps.board.changed(id, true);
  } catch (error) {
    await deps.store.approvals.decide({ id, state: 'withdrawn', by: person, at: deps.now() });
    deps.board.changed(id, true);
    throw error;
  }
}
