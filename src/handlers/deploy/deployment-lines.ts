import type { Deployment } from '../../store/deployment.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import type { DeployPlan } from './planning/types.ts';
import { type RejectionLine, rejectionsOn } from './rejections.ts';

/** One deployment in a list. */
export interface DeploymentLine {
  readonly id: string;
  readonly card: string;
  readonly action: DeployPlan['action'];
  readonly service: string;
  readonly version: string;
  /** Those it touched: a step was begun there. */
  readonly hosts: readonly string[];
  /** How many it was planned for. */
  readonly planned: number;
  readonly state: Deployment['state'];
  readonly verdict: string | undefined;
  readonly requestedBy: string;
  readonly startedBy: string;
  readonly breakGlass: boolean;
  readonly at: number;
  readonly ms: number | undefined;
}

export interface DeploymentsResult {
  readonly kind: 'deployments';
  readonly service: string | undefined;
  readonly at: number;
  readonly deployments: readonly DeploymentLine[];
  /** How many older ones there are, of those that were looked through. */
  readonly older: number;
  /** Newest first, as far back as the deployments that are shown. */
  readonly rejections: readonly RejectionLine[];
}

const SHOWN = 15;

/** So many are looked through for those on the hosts of a grant. */
export const LOOKED_AT = 300;

export async function listed(
  all: readonly Deployment[],
  query: { readonly service?: string; readonly channel?: string },
  { hosts }: Request,
  deps: Deps,
): Promise<Pick<DeploymentsResult, 'deployments' | 'older' | 'rejections'>> {
  const seen = new Set(hosts);
  const here = all.filter((one) => plannedOn(one, seen).length > 0);
  const deployments = await linesOn(here, hosts, deps);
  const older = here.length - deployments.length;
  const since = older === 0 ? 0 : (deployments.at(-1)?.at ?? 0);
  return { deployments, older, rejections: await rejectionsOn(hosts, query, since, deps) };
}

const plannedOn = ({ plan }: Deployment, hosts: ReadonlySet<string>) =>
  (plan as DeployPlan).waves.flat().filter((host) => hosts.has(host));

/** The newest deployments that were planned for some of these hosts, and of each only these. */
export function linesOn(
  all: readonly Deployment[],
  seen: Iterable<string>,
  { store }: Pick<Deps, 'store'>,
): Promise<DeploymentLine[]> {
  const hosts = new Set(seen);
  return Promise.all(
    all
      .filter((one) => plannedOn(one, hosts).length > 0)
      .slice(0, SHOWN)
      .map(async (one) => {
        const begun = new Set((await store.deployments.journal(one.id)).map(({ host }) => host));
        return lineOf(one, plannedOn(one, hosts), begun);
      }),
  );
}

function lineOf(deployment: Deployment, planned: readonly string[], begun: ReadonlySet<string>): DeploymentLine {
  const plan = deployment.plan as DeployPlan;
  return {
    id: deployment.id,
    card: deployment.approval,
    action: plan.action,
    service: deployment.service,
    version: plan.image.tag ?? plan.image.digest.slice(7, 19),
    hosts: planned.filter((host) => begun.has(host)),
    planned: planned.length,
    state: deployment.state,
    verdict: deployment.verdict,
    requestedBy: deployment.requestedBy,
    startedBy: deployment.startedBy,
    breakGlass: deployment.breakGlass !== undefined,
    at: deployment.createdAt,
    ms: deployment.finishedAt === undefined ? undefined : deployment.finishedAt - deployment.createdAt,
  };
}
