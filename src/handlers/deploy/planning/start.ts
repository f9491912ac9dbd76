import { UserError } from '../../../domain/errors.ts';
import { ulid } from '../../../domain/ulid.ts';
import type { Closed } from '../../../store/approvals.ts';
import type { Deployment } from '../../../store/deployment.ts';
import { noSuch } from '../../approval/said.ts';
import type { Deps } from '../../deps.ts';
import { servedVersions } from './served.ts';
import type { DeployPlan } from './types.ts';

/** Approves a question and queues its deployment, in one step; of any number of clicks, one does. */
export async function startDeployment(
  approval: string,
  plan: DeployPlan,
  by: string,
  deps: Deps,
  breakGlass?: { readonly reason: string; readonly reviewBy: number },
): Promise<Deployment> {
  const at = deps.now();
  const id = ulid(at);
  const { service, hosts } = plan;
  const started = await deps.store.deployments.start({
    id,
    served: servedVersions({ service, hosts, deployment: id, by, at }),
    approval,
    hosts: plan.waves.flat(),
    by,
    at,
    ...(breakGlass ? { breakGlass } : {}),
  });
  if (started.won) {
    deps.runner.wake();
    return started.deployment;
  }
  if (started.why === 'busy')
    throw new UserError(
      'busy',
      `Another deployment of ${plan.service} is under way on ${started.host}.`,
      'Wait for its end.',
    );
  if (started.why === 'locked')
    throw new UserError(
      'locked',
      `${plan.service} is locked by <@${started.lock.owner}>.`,
      `\`/dock ask ${plan.service}\` asks them.`,
    );
  throw closedError(started.why, started.approval?.decidedBy);
}

/** Its record was changed by something other than Fairlead, or is from before records were signed. */
export function untrustedError(what: 'question' | 'deployment' | 'review'): UserError {
  return new UserError(
    'untrusted_record',
    `The record of that ${what} is not signed by Fairlead, so nothing was done.`,
    'Request it again. On the server, `fairlead audit verify` names the record.',
  );
}

/** Why a question takes no answer any more. */
export function closedError(why: Closed, by: string | undefined): UserError {
  if (why === 'unknown') return noSuch('question');
  if (why === 'untrusted') return untrustedError('question');
  if (why === 'expired')
    return new UserError('expired', 'That question has expired; nothing was changed.', 'Ask again for a new plan.');
  if (why === 'superseded')
    return new UserError('already_decided', 'Something moved since that plan was made.', 'Ask again for a new plan.');
  return new UserError('already_decided', `That was already ${why}${by === undefined ? '' : ` by <@${by}>`}.`);
}
