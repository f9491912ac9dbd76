import type { Approval } from '../../store/approvals.ts';
import type { Deps } from '../deps.ts';
import { deployPlanOf } from './planning/stored-plan.ts';
import type { DeployPlan } from './planning/types.ts';

/** A rejected deploy, in a list of deployments. */
export interface RejectionLine {
  readonly action: DeployPlan['action'];
  readonly service: string;
  readonly version: string;
  readonly requestedBy: string;
  readonly by: string;
  /** Undefined for a rejection from before reasons were recorded. */
  readonly reason: string | undefined;
  /** Unix milliseconds. */
  readonly at: number;
}

const LOOKED_AT = 300;
const SHOWN = 15;

/** Rejected deploys that were planned for some of these hosts, newest first, none older than `since`. */
export async function rejectionsOn(
  hosts: Iterable<string>,
  query: { readonly service?: string; readonly channel?: string },
  since: number,
  { store }: Pick<Deps, 'store'>,
): Promise<RejectionLine[]> {
  const seen = new Set(hosts);
  const all = await store.approvals.rejected({ ...query, limit: LOOKED_AT });
  return all
    .flatMap((approval) => lineOf(approval, seen) ?? [])
    .filter(({ at }) => at >= since)
    .slice(0, SHOWN);
}

function lineOf(approval: Approval, seen: ReadonlySet<string>): RejectionLine | undefined {
  const { requestedBy, decidedBy, decidedAt, reason } = approval;
  const plan = deployPlanOf(approval);
  if (!plan?.waves.flat().some((host) => seen.has(host))) return undefined;
  const { action, service, image } = plan;
  const version = image.tag ?? image.digest.slice(7, 19);
  return { action, service, version, requestedBy, by: decidedBy ?? '', reason, at: decidedAt ?? 0 };
}
