import { UserError } from '../../errors.ts';
import type { Deps, Request } from '../types.ts';
import { mustBreakGlass, rulesOf } from './may-answer.ts';
import { startDeployment } from './start.ts';
import { termsOf } from './terms.ts';
import type { DeployPlan } from './types.ts';
import type { Values } from './values.ts';

/**
 * Puts the question before people; where the glass is broken, it is answered in the same breath. Its card stands before
 * anything begins: what nobody could see, stop or sign for is not done.
 */
export async function question(
  plan: DeployPlan,
  hash: string,
  values: Values | undefined,
  request: Request,
  deps: Deps,
): Promise<void> {
  const at = deps.now();
  const { id, person, channel, thread } = request;
  const { expires, remind } = termsOf(rulesOf({ command: plan.action, plan, service: plan.service }, deps));
  const review = plan.breakGlass ? mustBreakGlass(request, deps) : 0;
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
    ...(remind === undefined || plan.breakGlass ? {} : { remindEvery: remind }),
  });
  const slackSaid = await deps.board.post(id, { channel, thread });
  if (slackSaid !== undefined) {
    await withdraw(request, deps);
    throw new UserError(
      'no_card',
      `The plan was made, but its card could not be posted here (Slack said \`${slackSaid}\`), so nothing was asked and nothing was changed.`,
      'Invite me to this channel, then ask again.',
    );
  }
  if (!plan.breakGlass) return;
  try {
    await startDeployment(id, plan, person, deps, { reason: plan.reason ?? '', reviewBy: at + review });
  } catch (error) {
    await withdraw(request, deps);
    throw error;
  } finally {
    deps.board.changed(id, true);
  }
}

async function withdraw({ id, person }: Request, deps: Deps): Promise<void> {
  await deps.store.approvals.decide({ id, state: 'withdrawn', by: person, at: deps.now() });
}
