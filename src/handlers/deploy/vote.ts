import type { AnswerArgs } from '../../commands/deploy/approve.ts';
import { UserError } from '../../domain/errors.ts';
import { closed } from '../../store/approval.ts';
import type { Approval } from '../../store/approvals.ts';
import { mustFit } from '../access/totp.ts';
import { enough, mayAnswer } from '../approval/may-answer.ts';
import { saidOf } from '../approval/said.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import { refuseBlocked } from './planning/blocked.ts';
import { closedError, startDeployment } from './planning/start.ts';
import type { DeployPlan } from './planning/types.ts';

/** A card was answered; what it came to is on the card. */
export interface AnsweredResult {
  readonly kind: 'answered';
  readonly card: string;
  /** For whoever does not see the card change. */
  readonly text: string;
  /** Whoever clicked the card needs no word more. */
  readonly quiet: boolean;
  readonly audit: string;
}

/** The rule asks for a one-time code before this yes counts. */
export interface CodeResult {
  readonly kind: 'code';
  readonly card: string;
  readonly question: string;
  readonly audit: string;
}

/** One yes to a deploy. The last one that its rules ask for starts it. */
export async function approveDeploy(
  request: Request<AnswerArgs>,
  approval: Approval,
  deps: Deps,
): Promise<AnsweredResult | CodeResult> {
  const plan = approval.plan as DeployPlan;
  const { id } = approval;
  const shut = closed(approval, deps.now());
  if (shut) throw closedError(shut, approval.decidedBy);
  let verdict = mayAnswer(request, deps, approval, { answer: 'yes' });
  const withCode = !verdict.may && verdict.reason === 'step_up_needed';
  if (!verdict.may && !withCode) throw new UserError('not_permitted', verdict.why, verdict.hint);
  const hosts = plan.waves.flat();
  await refuseBlocked({ service: plan.service, hosts, person: approval.requestedBy, breakGlass: false }, deps);
  if (withCode && request.args.code === undefined)
    return { kind: 'code', card: id, question: `To ${saidOf(approval)}.`, audit: `${id}: asked for a code` };
  if (withCode) {
    mustFit(await deps.store.totp.check(request.person, request.args.code ?? '', deps.now()), deps.now());
    verdict = mayAnswer(request, deps, approval, { answer: 'yes', factor: 'totp' });
    if (!verdict.may) throw new UserError('not_permitted', verdict.why, verdict.hint);
  }
  const factor = withCode ? ({ factor: 'totp' } as const) : {};
  const proof = withCode ? ' with a one-time code (totp)' : '';
  const voted = await deps.store.approvals.vote({ id, person: request.person, at: deps.now(), ...factor });
  if (!voted.counted && voted.why !== 'again') throw closedError(voted.why, voted.approval?.decidedBy);
  if (!(await enough(approval, voted.votes, deps))) {
    deps.board.changed(id, true);
    if (!voted.counted) throw new UserError('already_decided', 'You already approved this. It needs more approvals.');
    return answered(id, 'Your approval counts. It needs more approvals.', `${id}: a yes${proof}, not enough yet`);
  }
  const deployment = await startDeployment(id, plan, request.person, deps);
  deps.board.changed(id, true);
  return answered(
    id,
    'Approved. Starting.',
    `${id} approved${proof}, deployment ${deployment.id}, plan ${approval.hash.slice(0, 8)}`,
  );
}

function answered(card: string, text: string, audit: string): AnsweredResult {
  return { kind: 'answered', card, text, quiet: true, audit };
}
