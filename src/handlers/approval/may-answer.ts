import { UserError } from '../../domain/errors.ts';
import { type AppliedRule, rulesFor } from '../../policy/approval-rules.ts';
import { authorize, hostsSeen } from '../../policy/authorize.ts';
import { maySign } from '../../policy/break-glass.ts';
import type { Decision } from '../../policy/decision.ts';
import type { Membership } from '../../policy/people.ts';
import { type CanAnswer, canAnswer, complete } from '../../policy/votes.ts';
import type { Approval, Vote } from '../../store/approvals.ts';
import { gateFactsOf } from '../deploy/planning/vulnerability-plan.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import { hostsOf } from './hosts-of.ts';

/** A person in a channel, with their groups. */
export type Asker = Pick<Request, 'person' | 'channel' | 'membership'>;

/** The fields of a request that rules depend on. */
export type Subject = Pick<Approval, 'command' | 'plan' | 'service' | 'requestedBy'>;

export const approvalSubject = ({ command, plan, service }: Pick<Subject, 'command' | 'plan' | 'service'>) => ({
  command,
  hosts: hostsOf(plan),
  service,
  vulnerabilities: gateFactsOf(plan),
});

export function rulesOf(
  subject: Pick<Subject, 'command' | 'plan' | 'service'>,
  deps: Pick<Deps, 'config'>,
): readonly AppliedRule[] {
  return rulesFor(approvalSubject(subject), deps.config);
}

/** Whether a person's approval or rejection counts, by today's config and groups. */
export function mayAnswer(
  request: Asker,
  deps: Pick<Deps, 'config' | 'specs'>,
  subject: Subject,
  answer: { readonly answer: 'yes' | 'no'; readonly factor?: 'totp' },
): CanAnswer {
  const { person, membership } = request;
  const { requestedBy } = subject;
  const decision = ownDecision(request, deps, subject);
  return canAnswer({ ...approvalSubject(subject), requestedBy, person, membership, decision, ...answer }, deps.config);
}

/** Whether a person may answer a request, if need be after giving a one-time code. */
export function isMine(verdict: CanAnswer): boolean {
  return verdict.may || verdict.reason === 'step_up_needed';
}

/** Whether a person may see a request: as its requester, as an approver, or with permission for all its hosts here. */
export function maySee(request: Asker, subject: Subject, deps: Pick<Deps, 'config' | 'specs'>): boolean {
  if (subject.requestedBy === request.person) return true;
  const seen = hostsSeen(request, subject.service, deps.config);
  return (
    hostsOf(subject.plan).every((host) => seen.has(host)) ||
    isMine(mayAnswer(request, deps, subject, { answer: 'yes' }))
  );
}

/** The decision of `authorize` for a person and the command, service and hosts of a request. */
export function ownDecision(
  request: Asker,
  deps: Pick<Deps, 'config' | 'specs'>,
  subject: Pick<Subject, 'command' | 'plan' | 'service'>,
): Decision {
  const spec = deps.specs.find((item) => item.name === subject.command);
  if (!spec) throw new UserError('not_found', `\`${subject.command}\` is not a command any more.`);
  const hosts = hostsOf(subject.plan);
  const on = { text: hosts.join(','), terms: hosts.map((name) => ({ kind: 'host' as const, name })) };
  const { channel, person, membership } = request;
  const decision = authorize({ spec, on, service: subject.service, channel, person, membership }, deps.config);
  if (decision.kind !== 'deny' || decision.reason !== 'host_unknown') return decision;
  // The person named no host, and may not know which ones the request is for.
  return { ...decision, missing: `\`${spec.name}\` is not granted here on all hosts of this request.` };
}

/** Throws a `UserError` unless the person requested the deploy, or may deploy or approve it: they may abort it. */
export function mustControl(request: Request, deps: Pick<Deps, 'config' | 'specs'>, subject: Subject): void {
  if (subject.requestedBy !== request.person) assertMayContinue(request, deps, subject);
}

/** Throws a `UserError` unless the person may deploy or approve it today; the requester has no further right to continue. */
export function assertMayContinue(request: Request, deps: Pick<Deps, 'config' | 'specs'>, subject: Subject): void {
  if (mayAnswer(request, deps, subject, { answer: 'no' }).may) return;
  const decision = ownDecision(request, deps, subject);
  if (decision.kind === 'deny')
    throw new UserError('not_permitted', decision.missing, 'Anyone who may deploy or approve it here can do this.');
}

export function mustSign(request: Request, deps: Pick<Deps, 'config'>, subject: Subject, brokenBy: string): void {
  const { person, membership } = request;
  const verdict = maySign({ ...approvalSubject(subject), brokenBy, person, membership }, deps.config);
  if (!verdict.may) throw new UserError('not_permitted', verdict.why, verdict.hint);
}

/** Whether the approvals so far satisfy all rules, by the approvers' current groups. */
export async function enough(
  approval: Approval,
  votes: readonly Vote[],
  deps: Pick<Deps, 'config' | 'people'>,
): Promise<boolean> {
  const rules = rulesOf(approval, deps);
  const groups = [...new Set(rules.flatMap(({ rule }) => rule.from))];
  const memberships = new Map<string, Membership>();
  for (const { person } of votes) memberships.set(person, await deps.people.membership(person, groups));
  return complete({ requestedBy: approval.requestedBy, rules, votes, memberships });
}
