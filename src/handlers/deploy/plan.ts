import type { CardArgs } from '../../commands/language/fields.ts';
import { UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { isMine, mayAnswer, maySee, rulesOf } from '../approval/may-answer.ts';
import { handler } from '../handler.ts';
import { deployPlanOf } from './planning/stored-plan.ts';
import type { DeployPlan } from './planning/types.ts';

export interface PlanResult {
  readonly kind: 'plan';
  readonly id: string;
  readonly plan: DeployPlan;
  readonly hash: string;
  readonly line: string;
  readonly requestedBy: string;
  /** Whether the request still waits for approval. */
  readonly isOpen: boolean;
  /** Whether the request is open and this person may answer it. */
  readonly mine: boolean;
  /** Whether a rule requires another person's approval. */
  readonly needsYes: boolean;
}

/** One answer for a plan that is not there and for one that is not theirs to see, so that it names and confirms nothing. */
const noneToSee = () =>
  new UserError(
    'not_found',
    'There is no such deploy in this channel whose details you may see.',
    phrase`${commandLine('deployments')} lists those that you may see, ${commandLine('whoami')} what is granted to you here.`,
  );

export const plan = handler<CardArgs, PlanResult>()(['config', 'now', 'specs', 'store'], async (request, deps) => {
  const approval = await deps.store.approvals.find(request.args.id, request.channel);
  const plan = approval && deployPlanOf(approval);
  if (!plan || !maySee(request, approval, deps)) throw noneToSee();
  const { id, hash, line, requestedBy, state, expiresAt } = approval;
  const isOpen = state === 'pending' && expiresAt > deps.now();
  const mine = isOpen && isMine(mayAnswer(request, deps, approval, { answer: 'yes' }));
  const needsYes = rulesOf(approval, deps).length > 0;
  return { kind: 'plan', id, plan, hash, line, requestedBy, isOpen, mine, needsYes };
});
