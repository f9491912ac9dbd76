import type { AnswerArgs } from '../../commands/deploy/approve.ts';
import type { Approval } from '../../store/approvals.ts';
import type { ApprovalDeps, ApprovalKind, KindTraits, Outcome } from '../deps.ts';
import type { Request, Run } from '../request.ts';
import { untrustedError } from './errors.ts';

/** A kind of request that can be approved. */
export interface ApprovalKindParts<Plan, Result extends Outcome> extends KindTraits {
  /** Validates a stored plan. */
  isPlan(stored: unknown): stored is Plan;
  /** The request as a noun: `deploy of shop 1.4.0`, `prune of images`. */
  subject(plan: Plan): string;
  /** The request as a verb: `deploy shop 1.4.0 on web-1`. */
  describe(plan: Plan): string;
  /** Throws a `UserError` when the plan may no longer be carried out. Called before an approval counts. */
  revalidate(asked: Asked<Plan>, request: Request<AnswerArgs>, deps: ApprovalDeps): Promise<void>;
  /** Closes the request by compare-and-set and carries it out, once. */
  carryOut(asked: Asked<Plan>, request: Request<AnswerArgs>, deps: ApprovalDeps, run: Run): Promise<Result>;
}

export interface Asked<Plan> {
  readonly approval: Approval;
  readonly plan: Plan;
  /** The second factor of the last approval, for the audit log: ` with a one-time code (totp)`, or empty. */
  readonly proof: string;
}

/** A kind with a type guard for its results, for the view that shows them. */
export interface KindOf<Result> extends ApprovalKind {
  isResult(outcome: Outcome): outcome is Outcome & Result;
}

export function approvalKind<Plan, Result extends Outcome>(parts: ApprovalKindParts<Plan, Result>): KindOf<Result> {
  const results = new WeakSet<Outcome>();
  const read = ({ plan }: Pick<Approval, 'plan'>): Plan => {
    if (!parts.isPlan(plan)) throw untrustedError('request');
    return plan;
  };
  return {
    votes: parts.votes,
    card: parts.card,
    breakGlass: parts.breakGlass,
    subject: (approval) => parts.subject(read(approval)),
    describe: (approval) => parts.describe(read(approval)),
    revalidate: (approval, request, deps) =>
      parts.revalidate({ approval, plan: read(approval), proof: '' }, request, deps),
    async carryOut({ approval, proof }, request, deps, run) {
      const result = await parts.carryOut({ approval, plan: read(approval), proof }, request, deps, run);
      results.add(result);
      return result;
    },
    isResult: (outcome): outcome is Outcome & Result => results.has(outcome),
  };
}
