import type { CardArgs, HistoryArgs, ListArgs } from '../commands/deployments.ts';
import type { Approval } from '../store/approvals.ts';
import type { Deployment } from '../store/deployment.ts';
import { knownService } from './deploy/known.ts';
import { isMine, mayAnswer, maySee, rulesOf } from './deploy/may-answer.ts';
import { isDeploy, noSuch } from './deploy/said.ts';
import type { DeployPlan } from './deploy/types.ts';
import { type RejectionLine, rejectionsOn } from './rejections.ts';
import type { Deps, Handler, Request } from './types.ts';

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
const LOOKED_AT = 300;

export const deployments: Handler<ListArgs, DeploymentsResult> = async (request, deps) => {
  const here = await deps.store.deployments.recent({ channel: request.channel, limit: LOOKED_AT });
  return {
    kind: 'deployments',
    service: undefined,
    at: deps.now(),
    ...(await listed(here, { channel: request.channel }, request, deps)),
  };
};

export const history: Handler<HistoryArgs, DeploymentsResult> = async (request, deps) => {
  const { service } = request.args;
  const all = await deps.store.deployments.recent({ service, limit: LOOKED_AT });
  const found = await listed(all, { service }, request, deps);
  if (found.deployments.length === 0 && found.rejections.length === 0) knownService(service, deps.config);
  return { kind: 'deployments', service, at: deps.now(), ...found };
};

async function listed(
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

export interface ApprovalsResult {
  readonly kind: 'approvals';
  readonly at: number;
  readonly waiting: readonly {
    readonly id: string;
    readonly hash: string;
    readonly command: string;
    readonly line: string;
    readonly requestedBy: string;
    readonly expiresAt: number;
    /** Whether this person may answer it. */
    readonly mine: boolean;
  }[];
}

export const approvals: Handler<ListArgs, ApprovalsResult> = async (request, deps) => {
  const at = deps.now();
  const all = await deps.store.approvals.pending({ now: at, channel: request.channel });
  const open = all.filter((approval) => maySee(request, approval, deps));
  return {
    kind: 'approvals',
    at,
    waiting: open.map((approval) => ({
      id: approval.id,
      hash: approval.hash,
      command: approval.command,
      line: approval.line,
      requestedBy: approval.requestedBy,
      expiresAt: approval.expiresAt,
      mine: isMine(mayAnswer(request, deps, approval, { answer: 'yes' })),
    })),
  };
};

export interface PlanResult {
  readonly kind: 'plan';
  readonly id: string;
  readonly plan: DeployPlan;
  readonly hash: string;
  readonly line: string;
  readonly requestedBy: string;
  /** Whether it waits for an answer that this person may give. */
  readonly mine: boolean;
  /** Whether a rule asks for somebody's yes, beside the word of who asked. */
  readonly needsYes: boolean;
}

export const plan: Handler<CardArgs, PlanResult> = async (request, deps) => {
  const approval: Approval | undefined = await deps.store.approvals.find(request.args.id, request.channel);
  if (!approval || !isDeploy(approval) || !maySee(request, approval, deps)) throw noSuch('deploy');
  const { id, hash, line, requestedBy, state, expiresAt } = approval;
  const mine =
    state === 'pending' && expiresAt > deps.now() && isMine(mayAnswer(request, deps, approval, { answer: 'yes' }));
  const needsYes = rulesOf(approval, deps).length > 0;
  return { kind: 'plan', id, plan: approval.plan as DeployPlan, hash, line, requestedBy, mine, needsYes };
};
