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
import { refuseHeldUp } from './blocked.ts';
import { hashOf } from './make-plan.ts';
import { isDeployPlan } from './stored-plan.ts';
import type { DeployPlan } from './types.ts';

/** Why a deployment is not begun. */
export interface Refusal {
  readonly reason: Reason;
  readonly why: Phrase;
  readonly tryThis: Phrase;
}

const ASK_AGAIN = 'Request it again for a new plan.';
const untrusted = (why: string): Refusal => ({
  reason: 'untrusted_record',
  why,
  tryThis: 'On the machine Fairlead runs on: fairlead audit verify.',
});

export const NO_APPROVAL = untrusted('The question it was approved by is gone.');

/** The plan of a deployment whose own record can be trusted, or why not: then nothing it says is acted on, not even to go back. */
export function planOfRecord({ integrity, plan, hash, service, command }: Deployment): DeployPlan | Refusal {
  if (integrity === 'forged') return untrusted('Its record was written or changed by something other than Fairlead.');
  if (!isDeployPlan(plan)) return untrusted('Its stored plan is not a plan.');
  if (hashOf(plan) !== hash) return untrusted('Its stored plan is not the one that its hash is of.');
  if (plan.service !== service || plan.action !== command) return untrusted('Its stored plan is about something else.');
  return plan;
}

/** A group that Slack does not give out counts as empty; what hangs on one is asked again, for as long as an approval is fresh. */
const WAIT_FOR_GROUPS_MS = 10 * 60_000;
const GROUPS_AGAIN_MS = 1000;

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
  deps: Pick<Deps, 'config' | 'now' | 'people' | 'specs' | 'store'>,
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
    const no = await judge({ deployment, plan }, hosts, { ...deps, people });
    if (!no || !isUnread || signal.aborted || performance.now() > until) return no;
    await sleep(GROUPS_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function judge(
  { deployment, plan }: Begun,
  hosts: readonly string[],
  deps: Pick<Deps, 'config' | 'now' | 'people' | 'specs' | 'store'>,
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
    await mustBePermitted(deployment, approval, votes, deps);
    mustBeAllowed(plan, deps);
    if (plan.action === 'rollback') await mustBeKnown(plan, deps);
    const breakGlass = deployment.breakGlass !== undefined;
    await refuseHeldUp({ service: plan.service, hosts, person: approval.requestedBy, breakGlass }, deps, ASK_AGAIN);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { reason: error.reason, why: error.phrase, tryThis: error.hint ?? ASK_AGAIN };
  }
}

function brokenRecord({ deployment, plan }: Begun, approval: Approval, votes: readonly Vote[]): Refusal | undefined {
  const { integrity, startedBy, breakGlass } = deployment;
  if ([integrity, approval.integrity].includes('before'))
    return { ...untrusted('It was approved before Fairlead signed its records.'), tryThis: ASK_AGAIN };
  if (integrity !== 'signed') return untrusted('Its record was changed by something other than Fairlead.');
  if (approval.integrity !== 'signed')
    return untrusted('The record of its approval was changed by something other than Fairlead.');
  if (votes.some((vote) => vote.integrity !== 'signed'))
    return untrusted('A record of who approved it was changed by something other than Fairlead.');
  const same = (['command', 'service', 'line', 'channel', 'requestedBy', 'hash'] as const).every(
    (field) => deployment[field] === approval[field],
  );
  if (!same) return untrusted('Its record is not about what was approved.');
  if (approval.state !== 'approved' || approval.decidedBy !== startedBy || approval.verdict !== undefined)
    return untrusted('What it was approved by is not an open approval.');
  const isBroken = plan.breakGlass && breakGlass !== undefined;
  if (!isBroken && (breakGlass !== undefined || !votes.some(({ person }) => person === startedBy)))
    return untrusted('Whoever started it has not approved it.');
  return undefined;
}

/** A row can be put back as it was, with the MAC it had. */
async function begunBefore(
  { id, requestedBy, createdAt }: Deployment,
  hosts: readonly string[],
  { store }: Pick<Deps, 'store'>,
): Promise<Refusal | undefined> {
  const [journal, hasEnded] = await Promise.all([
    store.deployments.journal(id),
    store.audit.hasEvent({ request: id, person: requestedBy, since: createdAt }),
  ]);
  const isBegun = journal.some(({ host }) => hosts.includes(host));
  return hasEnded || isBegun ? untrusted('It was carried out before.') : undefined;
}

/** Throws a `UserError` unless who asked may ask it today, and those who answered are enough today. */
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
      'Request it again and have it approved.',
    );
  if (rulesOf(approval, deps).length > 0) return;
  // Without a rule, one yes of somebody who may give the command is all there is.
  for (const { person } of votes) if (ownDecision(await asker(person), deps, approval).kind !== 'deny') return;
  throw new UserError('not_permitted', 'Nobody who approved it may deploy there now.');
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

/** Throws a `UserError` when the image is not what the config lets run. */
function mustBeAllowed({ action, service, image }: DeployPlan, { config }: Pick<Deps, 'config'>): void {
  const { repository, tag, digest } = image;
  const named = parseReference(repository);
  checkImage({ ...named, tag, digest }, config);
  const known = config.services.get(service);
  if (!known || action === 'rollback') return;
  if (canonical({ ...parseReference(known.image), tag: undefined, digest: undefined }) !== repository)
    throw new UserError('image_not_allowed', `The config has another repository for ${service} now.`);
}

/** Throws a `UserError` when no record says that this version once passed its gate. */
async function mustBeKnown({ service, image, hosts }: DeployPlan, { store }: Pick<Deps, 'store'>): Promise<void> {
  const known = await store.versions.of({ service, limit: 1000 });
  const isKnown = known.some(
    ({ host, repository, digest, integrity }) =>
      integrity === 'signed' &&
      repository === image.repository &&
      digest === image.digest &&
      hosts.some((one) => one.host === host),
  );
  if (!isKnown) throw new UserError('not_found', 'It is not on record that this version was ever healthy there.');
}
