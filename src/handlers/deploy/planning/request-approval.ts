import { rulesOf } from '../../approval/may-answer.ts';
import { deadlinesOf } from '../../approval/terms.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import type { Glass } from './glass.ts';
import { startDeployment } from './start.ts';
import type { DeployPlan } from './types.ts';
import type { Values } from './values.ts';

/** A planned deploy to be approved. */
export interface Proposal {
  readonly plan: DeployPlan;
  readonly hash: string;
  /** Values of variables given for this deploy only. */
  readonly values: Values | undefined;
}

/**
 * Stores a request for approval and posts its card; with break-glass, also starts the deployment. Nothing starts before the
 * card is posted, so that people can see, stop and review it.
 */
export async function requestApproval(
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
    // Recorded with the request: the second factor given for break-glass.
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
