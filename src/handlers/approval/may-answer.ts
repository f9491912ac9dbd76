import { UserError } from '../../domain/errors.ts';
import { type AppliedRule, rulesFor } from '../../policy/approval-rules.ts';
import { authorize, hostsSeen } from '../../policy/authorize.ts';
import { maySign } from '../../policy/break-glass.ts';
import type { Decision } from '../../policy/decision.ts';
import type { Membership } from '../../policy/people.ts';
import { type CanAnswer, canAnswer, complete } from '../../policy/votes.ts';
import type { Approval, Vote } from '../../store/approvals.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import { hostsOf } from './hosts-of.ts';

/** Somebody, somewhere. */
export type Asker = Pick<Request, 'person' | 'channel' | 'membership'>;

/** A question as the rules see it. */
export type Subject = Pick<Approval, 'command' | 'plan' | 'service' | 'requestedBy'>;

export const approvalSubject = ({ command, plan, service }: Pick<Subject, 'command' | 'plan' | 'service'>) => ({
  command,
  hosts: hostsOf(plan),
  service,
});

export function rulesOf(
  subject: Pick<Subject, 'command' | 'plan' | 'service'>,
  deps: Pick<Deps, 'config'>,
): readonly AppliedRule[] {
  return rulesFor(approvalSubject(subject), deps.config);
}

/** Whether this person's answer counts; asked anew at each click. */
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

/** Whether a question is theirs to answer: a code that is still to be given does not make it somebody else's. */
export function isMine(verdict: CanAnswer): boolean {
  return verdict.may || verdict.reason === 'step_up_needed';
}

/** Whether a person may know of a question: it is theirs to answer, they asked it, or they may use all its hosts here. */
export function maySee(request: Asker, subject: Subject, deps: Pick<Deps, 'config' | 'specs'>): boolean {
  if (subject.requestedBy === request.person) return true;
  const seen = hostsSeen(request, subject.service, deps.config);
  return (
    hostsOf(subject.plan).every((host) => seen.has(host)) ||
    isMine(mayAnswer(request, deps, subject, { answer: 'yes' }))
  );
}

/** What `authorize` says of this person for the command, the service and the hosts in question. */
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
  return authorize({ spec, on, service: subject.service, channel, person, membership }, deps.config);
}

/** Whoever asked, may deploy it here or may approve it, may stop it. Throws a `UserError` otherwise. */
export function mustControl(request: Request, deps: Pick<Deps, 'config' | 'specs'>, subject: Subject): void {
  if (subject.requestedBy !== request.person) assertMayContinue(request, deps, subject);
}

/** Only who may deploy it here or may approve it, today: having asked for it once is not enough to let it go on. */
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

/** Whether the yeses given so far are all that the rules ask for, by everybody's groups as they are now. */
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
