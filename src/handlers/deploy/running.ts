import type { CardArgs } from '../../commands/language/fields.ts';
import { UserError } from '../../domain/errors.ts';
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
  if (!deployment) throw new UserError('not_found', 'This deployment has not started.', 'Use the buttons on its card.');
  return { approval, deployment };
}
