import type { AnswerArgs } from '../../commands/deploy/approve.ts';
import type { Approval } from '../../store/approvals.ts';
import type { ApprovalDeps, ApprovalKind, KindTraits, Outcome } from '../deps.ts';
import type { Request } from '../request.ts';
import { untrustedError } from './errors.ts';
import { decide } from './find-request.ts';

/** A kind of request that can be approved. */
export interface ApprovalKindParts<Plan, Result extends Outcome, Progress extends object> extends KindTraits {
  /** Validates a stored plan. */
  isPlan(stored: unknown): stored is Plan;
  /** The request as a noun: `deploy of shop 1.4.0`, `prune of images`. */
  subject(plan: Plan): string;
  /** The request as a verb: `deploy shop 1.4.0 on web-1`. */
  describe(plan: Plan): string;
  /** Throws a `UserError` when the plan may no longer be carried out. Called before an approval counts. */
  revalidate(asked: Asked<Plan>, request: Request<AnswerArgs>, deps: ApprovalDeps): Promise<void>;
  /** Closes the request by compare-and-set and carries it out, once. */
  carryOut(
    asked: Asked<Plan>,
    request: Request<AnswerArgs>,
    deps: ApprovalDeps,
    run: ApprovedRun<Progress>,
  ): Promise<Result>;
}

export interface Asked<Plan> {
  readonly approval: Approval;
  readonly plan: Plan;
  /** The second factor of the last approval, for the audit log: ` with a one-time code (totp)`, or empty. */
  readonly proof: string;
}

export interface ApprovedRun<Progress> {
  readonly signal: AbortSignal;
  progress(report: Progress): void;
  /** Closes the request by compare-and-set, and says so when the result takes longer. Throws a `UserError` when it is closed. */
  accept(): Promise<void>;
}

/** A kind with type guards for its plans, results and progress, for the views that show them. */
export interface KindOf<Plan, Result, Progress> extends ApprovalKind {
  isPlan(stored: unknown): stored is Plan;
  isResult(outcome: Outcome): outcome is Outcome & Result;
  isProgress(report: object): report is Progress & object;
}

export function approvalKind<Plan, Result extends Outcome, Progress extends object = never>(
  parts: ApprovalKindParts<Plan, Result, Progress>,
): KindOf<Plan, Result, Progress> {
  const results = new WeakSet<Outcome>();
  const reports = new WeakSet<object>();
  const read = ({ plan }: Pick<Approval, 'plan'>): Plan => {
    if (!parts.isPlan(plan)) throw untrustedError('request');
    return plan;
  };
  return {
    votes: parts.votes,
    card: parts.card,
    breakGlass: parts.breakGlass,
    isPlan: parts.isPlan,
    subject: (approval) => parts.subject(read(approval)),
    describe: (approval) => parts.describe(read(approval)),
    revalidate: (approval, request, deps) =>
      parts.revalidate({ approval, plan: read(approval), proof: '' }, request, deps),
    async carryOut({ approval, proof }, request, deps, run) {
      const plan = read(approval);
      const { id, requestedBy } = approval;
      const result = await parts.carryOut({ approval, plan, proof }, request, deps, {
        signal: run.signal,
        progress(report) {
          reports.add(report);
          run.progress(report);
        },
        async accept() {
          await decide({ id, state: 'approved' }, request, deps);
          const what = parts.describe(plan);
          run.early({ kind: 'underway', what, requestedBy, audit: `${id}: under way` }, 'when-slow');
        },
      });
      results.add(result);
      return result;
    },
    isResult: (outcome): outcome is Outcome & Result => results.has(outcome),
    isProgress: (report): report is Progress => reports.has(report),
  };
}
