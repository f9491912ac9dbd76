import type { ChangeEvent, Commit, DeploymentEnd, DeploymentFacts } from '../../changes/event.ts';
import type { ChangeType } from '../../config.ts';
import { placesOf } from '../../handlers/deploy/card/places.ts';
import { environmentsOf } from '../../handlers/deploy/environments.ts';
import { isDeployPlan } from '../../handlers/deploy/planning/stored-plan.ts';
import type { CardVerdict, DeployPlan } from '../../handlers/deploy/planning/types.ts';
import type { Deps } from '../../handlers/deps.ts';
import { commitPath } from '../../proof/commit-address.ts';
import type { PendingChange } from '../../store/changes.ts';
import type { Deployment, HostOutcome } from '../../store/deployment.ts';
import { summaryOf } from './summary.ts';

const MOST_HOSTS = 50;

/** Reads the address of a deploy's card; undefined while it is not known. Never rejects. */
export type CardAddress = (approval: string) => Promise<string | undefined>;

/** Reads what is to be said of an event from the records of its deployment; the cause as text when they cannot be trusted. */
export async function readEvent(
  { id, type, deployment: of }: Pick<PendingChange, 'id' | 'type' | 'deployment'>,
  deps: Pick<Deps, 'config' | 'redact' | 'store'>,
  cardAddress: CardAddress,
): Promise<ChangeEvent | { readonly why: string }> {
  const { deployments, approvals } = deps.store;
  const deployment = await deployments.get(of);
  if (!deployment || !isType(type)) return { why: 'there is no record of it' };
  const { plan } = deployment;
  if (deployment.integrity === 'forged' || !isDeployPlan(plan))
    return { why: 'the record of its deployment was changed outside Fairlead' };
  const [votes, outcomes, card] = await Promise.all([
    approvals.votes(deployment.approval),
    deployments.hosts(of),
    cardAddress(deployment.approval),
  ]);
  const approvedBy = votes.filter(({ integrity }) => integrity === 'signed').map(({ person }) => person);
  const facts = factsOf(deployment, plan, { deps, approvedBy, card });
  const end = type === 'deployment.ended' ? endOf(deployment, outcomes) : undefined;
  const verdicts = new Map(outcomes.map(({ host, detail }) => [host, detail as CardVerdict]));
  return {
    id,
    type,
    at: end?.at ?? deployment.createdAt,
    summary: summaryOf(facts, end?.verdict, placesOf(plan, verdicts)),
    deployment: { ...facts, end },
  };
}

const isType = (type: string): type is ChangeType => type === 'deployment.started' || type === 'deployment.ended';

interface Beside {
  readonly deps: Pick<Deps, 'config' | 'redact'>;
  readonly approvedBy: readonly string[];
  readonly card: string | undefined;
}

function factsOf(
  { id, requestedBy, createdAt, breakGlass }: Deployment,
  plan: DeployPlan,
  { deps: { config, redact }, approvedBy, card }: Beside,
): Omit<DeploymentFacts, 'end'> {
  const { action, service, image, hosts, waves, reason } = plan;
  const from = hosts.flatMap(({ now }) => (now ? [versionOf(now.tag, now.digest ?? now.imageId)] : []));
  return {
    id,
    action,
    service,
    environments: environmentsOf(plan, config),
    version: versionOf(image.tag, image.digest),
    from: [...new Set(from)].slice(0, MOST_HOSTS),
    image: `${image.repository}@${image.digest}`,
    digest: image.digest,
    tag: image.tag,
    hostCount: hosts.length,
    hosts: waves.flat().slice(0, MOST_HOSTS),
    requestedBy,
    approvedBy: breakGlass === undefined ? approvedBy : [],
    reason: reason && redact(reason),
    breakGlass: breakGlass && redact(breakGlass),
    startedAt: createdAt,
    commit: commitOf(plan.proof),
    card,
  };
}

const versionOf = (tag: string | undefined, digest: string) => tag ?? digest.replace('sha256:', '').slice(0, 12);

function commitOf(proof: DeployPlan['proof']): Commit | undefined {
  const built = proof?.built ?? proof?.claimed;
  if (built?.commit === undefined) return undefined;
  const { repository, commit: sha } = built;
  const path = repository === undefined ? undefined : commitPath(repository);
  return {
    sha,
    repository,
    url: path === undefined ? undefined : `${repository}${path}/commit/${sha}`,
    source: proof?.built ? 'signed' : 'label',
  };
}

function endOf(
  { verdict = 'needs_attention', finishedAt, createdAt, detail }: Deployment,
  outcomes: readonly HostOutcome[],
): DeploymentEnd {
  const at = finishedAt ?? createdAt;
  const { ms } = (detail ?? {}) as { readonly ms?: unknown };
  const counted = Object.groupBy(outcomes, (outcome) => outcome.verdict);
  return {
    verdict,
    at,
    ms: typeof ms === 'number' ? ms : at - createdAt,
    outcomes: Object.fromEntries(Object.entries(counted).map(([name, all]) => [name, all?.length ?? 0])),
  };
}
