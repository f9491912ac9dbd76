import type { Deployment } from '../../store/deployment.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import { deployPlanOf } from './planning/stored-plan.ts';
import type { CardVerdict, DeployPlan } from './planning/types.ts';
import { type RejectionLine, rejectionsOn } from './rejections.ts';
import { isGood } from './verdict.ts';

/** One deployment in a list. */
export interface DeploymentLine {
  readonly id: string;
  readonly card: string;
  readonly action: DeployPlan['action'];
  readonly service: string;
  readonly version: string;
  /** The hosts on which a step was started; of a deployment that is on some hosts only, those that have its version. */
  readonly hosts: readonly string[];
  /** Number of planned hosts. */
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
  /** Number of older deployments among those searched. */
  readonly older: number;
  /** Rejections, newest first, as far back as the shown deployments. */
  readonly rejections: readonly RejectionLine[];
  /** Names that the service had before, where it has no deployment under this one. */
  readonly former?: readonly string[];
}

const SHOWN = 15;

/** Number of deployments searched for those on a person's hosts. */
export const LOOKED_AT = 300;

/** Deployments planned for hosts a person may see, each with only those hosts. */
export async function listed(
  all: readonly Deployment[],
  query: { readonly service?: string; readonly channel?: string },
  { hosts }: Request,
  deps: Pick<Deps, 'store'>,
): Promise<Pick<DeploymentsResult, 'deployments' | 'older' | 'rejections'>> {
  const here = plannedOn(all, hosts);
  const deployments = await linesOf(here, deps);
  const older = here.length - deployments.length;
  const since = older === 0 ? 0 : (deployments.at(-1)?.at ?? 0);
  return { deployments, older, rejections: await rejectionsOn(hosts, query, since, deps) };
}

interface Planned {
  readonly deployment: Deployment;
  readonly plan: DeployPlan;
  /** Limited to the hosts of the request. */
  readonly hosts: readonly string[];
}

/** Records planned for some of these hosts, without those whose plan cannot be read. */
export function plannedOn(all: readonly Deployment[], seen: Iterable<string>): readonly Planned[] {
  const wanted = new Set(seen);
  return all.flatMap((deployment) => {
    const plan = deployPlanOf(deployment);
    const hosts = plan?.waves.flat().filter((host) => wanted.has(host)) ?? [];
    return plan && hosts.length > 0 ? [{ deployment, plan, hosts }] : [];
  });
}

/** The newest deployments, as lines of a list. */
export function linesOf(all: readonly Planned[], { store }: Pick<Deps, 'store'>): Promise<DeploymentLine[]> {
  return Promise.all(
    all.slice(0, SHOWN).map(async (one) => {
      const { id, verdict } = one.deployment;
      const found = verdict === 'partial' ? await movedHosts(id, store) : await store.deployments.journal(id);
      return lineOf(one, new Set(found.map(({ host }) => host)));
    }),
  );
}

const movedHosts = async (id: string, { deployments }: Deps['store']) =>
  (await deployments.hosts(id)).filter(({ detail }) => isGood(detail as CardVerdict));

function lineOf({ deployment, plan, hosts }: Planned, named: ReadonlySet<string>): DeploymentLine {
  return {
    id: deployment.id,
    card: deployment.approval,
    action: plan.action,
    service: deployment.service,
    version: plan.image.tag ?? plan.image.digest.slice(7, 19),
    hosts: hosts.filter((host) => named.has(host)),
    planned: hosts.length,
    state: deployment.state,
    verdict: deployment.verdict,
    requestedBy: deployment.requestedBy,
    startedBy: deployment.startedBy,
    breakGlass: deployment.breakGlass !== undefined,
    at: deployment.createdAt,
    ms: deployment.finishedAt === undefined ? undefined : deployment.finishedAt - deployment.createdAt,
  };
}
