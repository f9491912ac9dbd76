import { code } from '../../../domain/errors.ts';
import type { Phrase } from '../../../domain/phrase.ts';
import type { Approval } from '../../../store/approvals.ts';
import { requestedBefore } from '../../approval/requested-before.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import { deployPlanOf } from './stored-plan.ts';
import type { DeployPlan } from './types.ts';

/** A deploy that is waiting for approval. */
export interface OpenDeploy {
  readonly approval: Approval;
  readonly plan: DeployPlan;
}

/** Open requests for a service in a channel, oldest first. Requests in other channels are not shown. */
export async function openQuestions(
  service: string,
  channel: string,
  deps: Pick<Deps, 'store' | 'now'>,
): Promise<readonly OpenDeploy[]> {
  const open = await deps.store.approvals.pending({ now: deps.now(), channel });
  return open.flatMap((approval) => {
    const plan = approval.service === service ? deployPlanOf(approval) : undefined;
    return plan ? [{ approval, plan }] : [];
  });
}

/** Throws a `UserError` when an equal request is open, since both cards could be approved. */
export async function refuseTwice(
  plan: DeployPlan,
  open: readonly OpenDeploy[],
  request: Request,
  deps: Parameters<typeof requestedBefore>[2],
): Promise<void> {
  const same = open.find((one) => whatOf(one.plan) === whatOf(plan))?.approval;
  if (same) throw await requestedBefore(same, request, deps);
}

// Compares the changes on each host: free space and the state of an image change every minute.
function whatOf({ action, image, breakGlass, hosts, waves, ask }: DeployPlan): string {
  const each = hosts.map(({ host, now, next }) => [host, now?.containerId ?? '', next.bodyHash]);
  return JSON.stringify([action, image.digest, breakGlass, waves, ask, each]);
}

/** Warnings about other open requests, for the approvers of this one. */
export function withOthers(plan: DeployPlan, open: readonly OpenDeploy[]): DeployPlan {
  const others = open.map(({ approval, plan: { image } }) => {
    const version = code(image.tag ?? image.digest.slice(7, 19));
    return `Another request for ${plan.service} is waiting for approval: ${version} (plan ${code(approval.hash.slice(0, 8))}).`;
  });
  return withWarnings(plan, others);
}

/** A plan with warnings that are about all its hosts, before their own. */
export function withWarnings(plan: DeployPlan, warnings: readonly Phrase[]): DeployPlan {
  return { ...plan, hosts: plan.hosts.map((host) => ({ ...host, warnings: [...warnings, ...host.warnings] })) };
}
