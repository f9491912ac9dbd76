import { UserError } from '../../../domain/errors.ts';
import { commandLine, mention, phrase } from '../../../domain/phrase.ts';
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
      `Another deployment of ${plan.service} is in progress on ${started.host}.`,
      'Wait until it ends.',
    );
  if (started.why === 'locked')
    throw new UserError(
      'locked',
      phrase`${plan.service} is locked by ${mention(started.lock.owner)}.`,
      phrase`${commandLine(`ask ${plan.service}`)} asks them to release it.`,
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
    return new UserError(
      'expired',
      'That request has expired; nothing was changed.',
      'Request it again for a new plan.',
    );
  if (why === 'superseded')
    return new UserError(
      'already_decided',
      'That plan is stale: a host changed since it was made.',
      'Request it again for a new plan.',
    );
  return new UserError(
    'already_decided',
    phrase`That was already ${why}${by === undefined ? '' : phrase` by ${mention(by)}`}.`,
  );
}
