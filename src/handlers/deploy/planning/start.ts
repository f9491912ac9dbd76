import { receiversOf } from '../../../config.ts';
import { UserError } from '../../../domain/errors.ts';
import { commandLine, mention, phrase } from '../../../domain/phrase.ts';
import { ulid } from '../../../domain/ulid.ts';
import type { Deployment } from '../../../store/deployment.ts';
import { closedError } from '../../approval/errors.ts';
import type { Deps } from '../../deps.ts';
import { servedVersions } from './served.ts';
import type { DeployPlan } from './types.ts';

/** A plan and the id of its approval. */
export interface Approved {
  readonly approval: string;
  readonly plan: DeployPlan;
  /** For break-glass: the reason, and when the review is due. */
  readonly breakGlass?: { readonly reason: string; readonly reviewBy: number };
}

/** Approves a request and queues its deployment in one transaction, so that only one of several clicks does. */
export async function startDeployment(
  { approval, plan, breakGlass }: Approved,
  by: string,
  deps: Pick<Deps, 'config' | 'now' | 'runner' | 'store'>,
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
    tell: receiversOf(deps.config.changes, 'deployment.started', service),
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
