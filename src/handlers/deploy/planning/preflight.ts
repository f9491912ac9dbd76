import { setTimeout as sleep } from 'node:timers/promises';
import { type Reason, UserError } from '../../../domain/errors.ts';
import { mention, type Phrase, phrase } from '../../../domain/phrase.ts';
import { canonical, parseReference } from '../../../domain/reference.ts';
import { groupsThatMatter } from '../../../policy/authorize.ts';
import { mayBreakGlass } from '../../../policy/break-glass.ts';
import { checkImage } from '../../../policy/images.ts';
import type { Approval, Vote } from '../../../store/approvals.ts';
import type { Deployment } from '../../../store/deployment.ts';
import { approvalSubject, enough, ownDecision, rulesOf } from '../../approval/may-answer.ts';
import type { Deps, PeopleReader } from '../../deps.ts';
import { mustBeVerified } from '../../images/verified.ts';
import { refuseHeldUp } from './blocked.ts';
import { hashOf } from './make-plan.ts';
import { isDeployPlan } from './stored-plan.ts';
import type { DeployPlan } from './types.ts';
import { refuseVulnerable, withFreshScan } from './vulnerable.ts';

/** Why a deployment must not start. */
export interface Refusal {
  readonly reason: Reason;
  readonly why: Phrase;
  readonly tryThis: Phrase;
}

const REQUEST_AGAIN = 'Request the deploy again for a new plan.';
const untrusted = (why: string): Refusal => ({
  reason: 'untrusted_record',
  why,
  tryThis: 'On the machine Fairlead runs on: fairlead audit verify.',
});

export const NO_APPROVAL = untrusted('The record of its approval is missing.');

/** The plan of a deployment, or why its record cannot be trusted: then nothing is done by it, not even a rollback. */
export function planOfRecord({ integrity, plan, hash, service, command }: Deployment): DeployPlan | Refusal {
  if (integrity === 'forged') return untrusted('Its record was written or changed outside Fairlead.');
  if (!isDeployPlan(plan)) return untrusted('Its stored plan cannot be read.');
  if (hashOf(plan) !== hash) return untrusted('Its stored plan does not match its hash.');
  if (plan.service !== service || plan.action !== command)
    return untrusted('Its stored plan is for another service or action.');
  return plan;
}

/** A group that Slack does not give out counts as empty; what hangs on one is asked again, for as long as an approval is fresh. */
const WAIT_FOR_GROUPS_MS = 10 * 60_000;
const GROUPS_AGAIN_MS = 1000;

type PreflightDeps = Pick<
  Deps,
  'config' | 'hosts' | 'now' | 'people' | 'proofs' | 'redact' | 'scans' | 'specs' | 'store'
>;

/** A deployment and its plan, which is validated. */
export interface Begun {
  readonly deployment: Deployment;
  readonly plan: DeployPlan;
}

/**
 * Why a deployment may not begin on these hosts, asked anew of the records, of everybody's groups and of the config as they
 * are now; undefined when it may. The rollout itself looks at what runs on the hosts. While groups cannot be read, it waits
 * for Slack rather than refuse, until `signal` fires.
 */
export async function whyNotBegin(
  { deployment, plan }: Begun,
  hosts: readonly string[],
  deps: PreflightDeps,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const until = performance.now() + WAIT_FOR_GROUPS_MS;
  for (;;) {
    let isUnread = false;
    const people: PeopleReader = {
      ...deps.people,
      async membership(person, groups) {
        const found = await deps.people.membership(person, groups);
        isUnread ||= found.unreadable.size > 0;
        return found;
      },
    };
    const no = await judge({ deployment, plan }, hosts, { ...deps, people }, signal);
    if (!no || !isUnread || signal.aborted || performance.now() > until) return no;
    await sleep(GROUPS_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function judge(
  { deployment, plan }: Begun,
  hosts: readonly string[],
  deps: PreflightDeps,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { approvals } = deps.store;
  const [approval, votes] = await Promise.all([
    approvals.get(deployment.approval),
    approvals.votes(deployment.approval),
  ]);
  if (!approval) return NO_APPROVAL;
  const broken = brokenRecord({ deployment, plan }, approval, votes) ?? (await begunBefore(deployment, hosts, deps));
  if (broken) return broken;
  try {
    mustBeInConfig(hosts, deps);
    const today = await withFreshScan(plan, deps, signal);
    refuseVulnerable(today, deps);
    await mustBePermitted(deployment, { ...approval, plan: today }, votes, deps);
    mustBeAllowed(plan, deps);
    if (plan.action === 'rollback') await mustBeKnown(plan, deps);
    else await mustBeVerified({ ...parseReference(plan.image.repository), digest: plan.image.digest }, deps, signal);
    const breakGlass = deployment.breakGlass !== undefined;
    await refuseHeldUp({ service: plan.service, hosts, person: approval.requestedBy, breakGlass }, deps, REQUEST_AGAIN);
    return undefined;
  } catch (error) {
    // Nothing begins then, whatever is said here.
    if (signal.aborted) return { reason: 'stopped', why: 'It was stopped.', tryThis: REQUEST_AGAIN };
    if (!(error instanceof UserError)) throw error;
    return { reason: error.reason, why: error.phrase, tryThis: error.hint ?? REQUEST_AGAIN };
  }
}

function brokenRecord({ deployment, plan }: Begun, approval: Approval, votes: readonly Vote[]): Refusal | undefined {
  const { integrity, startedBy, breakGlass } = deployment;
  if ([integrity, approval.integrity].includes('before'))
    return { ...untrusted('It was approved before Fairlead signed its records.'), tryThis: REQUEST_AGAIN };
  if (integrity !== 'signed') return untrusted('Its record was changed outside Fairlead.');
  if (approval.integrity !== 'signed') return untrusted('The record of its approval was changed outside Fairlead.');
  if (votes.some((vote) => vote.integrity !== 'signed'))
    return untrusted('The record of one of its approvers was changed outside Fairlead.');
  const same = (['command', 'service', 'line', 'channel', 'requestedBy', 'hash'] as const).every(
    (field) => deployment[field] === approval[field],
  );
  if (!same) return untrusted('Its record does not match its approval.');
  if (approval.state !== 'approved' || approval.decidedBy !== startedBy || approval.verdict !== undefined)
    return untrusted('Its approval is closed, or of another deployment.');
  const isBroken = plan.breakGlass && breakGlass !== undefined;
  if (!isBroken && (breakGlass !== undefined || !votes.some(({ person }) => person === startedBy)))
    return untrusted('The person who started it did not approve it.');
  return undefined;
}

export const CARRIED_OUT = untrusted('This deployment was already carried out.');

/**
 * What the audit log says of a deployment that is to be carried out: one that has ended is refused, since an old row of it,
 * with a valid MAC, was put back; `reopened` is one that Fairlead itself opened again. Undefined for one that has not ended.
 */
export async function leftAs(
  { id, requestedBy, createdAt }: Deployment,
  { store }: Pick<Deps, 'store'>,
): Promise<'ended' | 'reopened' | undefined> {
  return store.audit.leftAs({ request: id, person: requestedBy, since: createdAt });
}

/** The same for one that must not have begun on these hosts either. */
async function begunBefore(
  deployment: Deployment,
  hosts: readonly string[],
  { store }: Pick<Deps, 'store'>,
): Promise<Refusal | undefined> {
  const [journal, left] = await Promise.all([store.deployments.journal(deployment.id), leftAs(deployment, { store })]);
  return left !== undefined || journal.some(({ host }) => hosts.includes(host)) ? CARRIED_OUT : undefined;
}

/** Throws a `UserError` unless the requester may deploy today and the approvals satisfy today's rules. */
async function mustBePermitted(
  { breakGlass }: Deployment,
  approval: Approval,
  votes: readonly Vote[],
  deps: Pick<Deps, 'config' | 'people' | 'specs'>,
): Promise<void> {
  const { requestedBy, channel } = approval;
  const asker = async (person: string) => ({
    person,
    channel,
    membership: await deps.people.membership(person, groupsThatMatter(channel, deps.config)),
  });
  const requester = await asker(requestedBy);
  const decision = ownDecision(requester, deps, approval);
  if (decision.kind === 'deny')
    throw new UserError(
      'not_permitted',
      phrase`${mention(requestedBy)} may not ${approval.command} there now: ${decision.missing}`,
    );
  if (breakGlass !== undefined) {
    const factor = votes.find(({ person }) => person === requestedBy)?.factor;
    const { membership } = requester;
    const verdict = mayBreakGlass({ ...approvalSubject(approval), membership, decision, factor }, deps.config);
    if (!verdict.may) throw new UserError('not_permitted', verdict.why, verdict.hint);
    return;
  }
  if (!(await enough(approval, votes, deps)))
    throw new UserError(
      'not_permitted',
      'Its approvals no longer satisfy the rules.',
      'Request the deploy again and have it approved.',
    );
  if (rulesOf(approval, deps).length > 0) return;
  // Without a rule, one confirmation of a person who may give the command is enough.
  for (const { person } of votes) if (ownDecision(await asker(person), deps, approval).kind !== 'deny') return;
  throw new UserError('not_permitted', 'None of its approvers may deploy there now.');
}

/** Throws a `UserError` when the config no longer has a host. */
function mustBeInConfig(hosts: readonly string[], { config }: Pick<Deps, 'config'>): void {
  const gone = hosts.filter((host) => !config.hosts.has(host));
  if (gone.length === 0) return;
  throw new UserError(
    'host_unknown',
    `${gone.join(', ')} ${gone.length === 1 ? 'is' : 'are'} no longer in the config.`,
  );
}

/** Throws a `UserError` when the config does not allow the image. */
function mustBeAllowed({ action, service, image }: DeployPlan, { config }: Pick<Deps, 'config'>): void {
  const { repository, tag, digest } = image;
  const named = parseReference(repository);
  checkImage({ ...named, tag, digest }, config, [service]);
  const known = config.services.get(service);
  if (!known || action === 'rollback') return;
  if (canonical({ ...parseReference(known.image), tag: undefined, digest: undefined }) !== repository)
    throw new UserError('image_not_allowed', `The config has another repository for ${service} now.`);
}

/** Throws a `UserError` when no record says that this version once passed its gate. */
async function mustBeKnown({ service, image, hosts }: DeployPlan, { store }: Pick<Deps, 'store'>): Promise<void> {
  const known = await store.versions.of({ service, digest: image.digest });
  const isKnown = known.some(
    ({ host, repository, integrity }) =>
      integrity === 'signed' && repository === image.repository && hosts.some((one) => one.host === host),
  );
  if (!isKnown) throw new UserError('not_found', 'This version has no passing health check on record there.');
}
