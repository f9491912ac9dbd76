import type { CardArgs } from '../../commands/language/fields.ts';
import { UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deployment } from '../../store/deployment.ts';
import { noSuch } from '../approval/no-such.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import { isDeploy } from './planning/stored-plan.ts';

/** The deployment a command refers to, and its plan. */
export async function running(
  request: Request<CardArgs>,
  deps: Pick<Deps, 'store'>,
): Promise<{ approval: Approval; deployment: Deployment }> {
  const approval = await deps.store.approvals.find(request.args.id, request.channel);
  if (!approval || !isDeploy(approval)) throw noSuch('deploy');
  const deployment = await deps.store.deployments.byApproval(approval.id);
  if (!deployment) throw notStarted(approval);
  return { approval, deployment };
}

/** There is nothing to abort or to continue: what a request that waits takes instead, and how one that is closed ended. */
function notStarted({ state, hash }: Approval): UserError {
  if (state === 'pending')
    return new UserError(
      'not_found',
      'This deployment has not started: its request is waiting for approval.',
      phrase`${commandLine(`reject ${hash.slice(0, 8)}`)} closes it.`,
    );
  if (state === 'approved')
    return new UserError(
      'not_found',
      'This deployment has not started yet.',
      'It was approved and starts in a moment.',
    );
  return new UserError('not_found', `Nothing was started: its request was closed (${state}).`);
}
