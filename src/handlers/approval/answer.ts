import type { Prunable } from '../../commands/cleanup/prune.ts';
import type { AnswerArgs } from '../../commands/deploy/approve.ts';
import type { RejectArgs } from '../../commands/deploy/reject.ts';
import { UserError } from '../../domain/errors.ts';
import { mention, type Phrase, phrase } from '../../domain/phrase.ts';
import type { Redact } from '../../policy/redact.ts';
import { complete } from '../../policy/votes.ts';
import { closed } from '../../store/approval.ts';
import type { Approval } from '../../store/approvals.ts';
import { cutHidden } from '../../text/cut.ts';
import { neededNow, type Removal, removeOne } from '../cleanup/plan.ts';
import { prunePlanOf } from '../cleanup/preflight.ts';
import type { PrunePlan } from '../cleanup/types.ts';
import { verifiedOn } from '../cleanup/verified.ts';
import { closedError, untrustedError } from '../deploy/planning/start.ts';
import { type AnsweredResult, approveDeploy, type CodeResult } from '../deploy/vote.ts';
import type { Deps, Handler } from '../deps.ts';
import { settle, timed } from '../over-hosts.ts';
import type { Request, Run, Timed } from '../request.ts';
import { mayAnswer, rulesOf } from './may-answer.ts';
import { isDeploy, noSuch, subjectOf } from './said.ts';

export interface PrunedHost {
  readonly host: string;
  readonly removed: number;
  readonly bytes: number;
  readonly kept: readonly { readonly label: string; readonly why: string }[];
}

export interface PrunedResult extends Timed {
  readonly kind: 'pruned';
  readonly what: Prunable;
  readonly requestedBy: string;
  readonly answeredBy: string;
  readonly hosts: readonly PrunedHost[];
  readonly audit: string;
}

export interface RejectedResult {
  readonly kind: 'rejected';
  readonly command: string;
  readonly requestedBy: string;
  readonly answeredBy: string;
  readonly withdrawn: boolean;
  readonly reason: string | undefined;
  readonly audit: string;
}

/** A reason is asked for in a form, which says the line once more with it. */
export interface ReasonResult {
  readonly kind: 'reason';
  /** Without the reason. */
  readonly line: string;
  readonly question: Phrase;
  readonly audit: string;
}

export const approve: Handler<AnswerArgs, PrunedResult | AnsweredResult | CodeResult> = async (request, deps, run) => {
  const approval = await pendingOne(request, deps);
  if (isDeploy(approval)) return approveDeploy(request, approval, deps);
  mustAnswer(request, deps, approval, 'yes');
  const plan = await prunePlanOf(approval, deps);
  await decide(request, deps, approval.id, 'approved');
  const result = await removeAll(plan, approval, request, deps, run);
  await deps.store.approvals.finish({
    id: approval.id,
    verdict: result.failures.length === 0 ? 'done' : 'partial',
    at: deps.now(),
  });
  return result;
};

export const reject: Handler<RejectArgs, RejectedResult | AnsweredResult | ReasonResult> = async (request, deps) => {
  const approval = await pendingOne(request, deps);
  const { id, command, requestedBy, channel } = approval;
  const { person, args } = request;
  const withdrawn = requestedBy === person;
  if (!withdrawn) mustAnswer(request, deps, approval, 'no');
  const reason = args.reason === undefined ? undefined : deps.redact(args.reason);
  if (!withdrawn && reason === undefined) {
    const shut = closed(approval, deps.now());
    if (shut) throw closedError(shut, approval.decidedBy);
    const question = phrase`Why do you reject ${mention(requestedBy)}'s ${subjectOf(approval)}? They will read it.`;
    return { kind: 'reason', line: `dock reject ${id}`, question, audit: `${id}: asked for a reason` };
  }
  await decide(request, deps, id, withdrawn ? 'withdrawn' : 'rejected', reason);
  const audit = `${id} ${withdrawn ? 'withdrawn' : 'rejected'}${reason === undefined ? '' : `: ${reason}`}`;
  const note = { kind: 'rejected', what: subjectOf(approval), by: person, requestedBy, reason: reason ?? '' } as const;
  if (isDeploy(approval)) {
    if (!withdrawn) await deps.board.note(id, note);
    return { kind: 'answered', card: id, text: 'Nothing was changed.', quiet: true, audit };
  }
  // The message that was clicked changes, which tells nobody.
  if (!withdrawn && request.source === 'click') await deps.board.tell(channel, note);
  return { kind: 'rejected', command, requestedBy, answeredBy: person, withdrawn, reason, audit };
};

async function pendingOne(request: Request<Pick<AnswerArgs, 'id'>>, deps: Deps): Promise<Approval> {
  const approval = await deps.store.approvals.find(request.args.id, request.channel);
  if (!approval) throw noSuch('question');
  if (closed(approval, deps.now()) === 'untrusted') throw untrustedError('question');
  return approval;
}

function mustAnswer(request: Request, deps: Deps, approval: Approval, answer: 'yes' | 'no'): void {
  const verdict = mayAnswer(request, deps, approval, { answer });
  if (!verdict.may) throw new UserError('not_permitted', verdict.why, verdict.hint);
  const { requestedBy } = approval;
  const { person, membership } = request;
  const rules = rulesOf(approval, deps);
  const alone = complete({ requestedBy, rules, votes: [{ person }], memberships: new Map([[person, membership]]) });
  if (answer === 'yes' && !alone)
    throw new UserError(
      'not_permitted',
      `This needs more than one approval, and \`${approval.command}\` takes only one.`,
    );
}

async function decide(
  request: Request,
  deps: Deps,
  id: string,
  state: 'approved' | 'rejected' | 'withdrawn',
  reason?: string,
): Promise<void> {
  const decided = await deps.store.approvals.decide({ id, state, by: request.person, at: deps.now(), reason });
  if (!decided.won) throw closedError(decided.why, decided.approval?.decidedBy);
}

async function removeAll(
  plan: PrunePlan,
  approval: Approval,
  request: Request,
  deps: Deps,
  run: Run,
): Promise<PrunedResult> {
  const byHost = new Map(plan.hosts.map((host) => [host.host, host.candidates]));
  // Kept beside the outcomes: what a host removed before it fell silent is gone all the same.
  const done = new Map<string, Removal[]>();
  const outcomes = await deps.hosts.each(
    [...byHost.keys()],
    async (engine, host) => {
      const verified = await verifiedOn(host, deps);
      const needed = await neededNow(engine, { args: plan.args, now: deps.now(), signal: run.signal, verified });
      const own: Removal[] = [];
      done.set(host, own);
      // One after the other: an image can only go once the one built on it has gone, and the engine is not hurried.
      for (const candidate of byHost.get(host) ?? [])
        own.push(await removeOne(engine, plan.args.what, candidate, needed, run.signal));
    },
    { signal: run.signal, deadlineMs: 10 * 60_000 },
  );
  const settled = settle(outcomes, deps.redact);
  const failures = settled.failures.map((failure) => {
    const all = byHost.get(failure.host)?.length ?? 0;
    const left = all - (done.get(failure.host)?.length ?? 0);
    return { ...failure, summary: `${failure.summary} Of ${all} to remove, ${left} were not seen to go.` };
  });
  const hosts = [...done]
    .filter(([host, removals]) => removals.length > 0 || settled.values.some((value) => value.host === host))
    .map(([host, removals]) => prunedHost(host, removals, deps.redact));
  const audit = `${approval.id} approved; ${hosts.map((host) => `${host.host}: ${host.removed} removed, ${host.kept.length} kept`).join('; ')}`;
  return {
    kind: 'pruned',
    what: plan.args.what,
    requestedBy: approval.requestedBy,
    answeredBy: request.person,
    ...timed(request, deps.now(), failures),
    hosts,
    audit,
  };
}

function prunedHost(host: string, removals: readonly Removal[], redact: Redact): PrunedHost {
  return {
    host,
    removed: removals.filter((item) => item.gone).length,
    bytes: removals.reduce((sum, item) => sum + (item.gone ? item.bytes : 0), 0),
    kept: removals.flatMap((item) =>
      item.gone ? [] : [{ label: item.candidate.label, why: cutHidden(item.why, 200, redact) }],
    ),
  };
}
