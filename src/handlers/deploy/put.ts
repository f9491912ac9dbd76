import type { DeployArgs } from '../../commands/deploy/deploy.ts';
import { UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { nobodyCanApprove } from '../approval/nobody.ts';
import type { NobodyCan } from '../approval/nobody-can.ts';
import type { Deps } from '../deps.ts';
import type { Request, Run } from '../request.ts';
import { deployApproval } from './approval.ts';
import { passedOver, refuseBlocked } from './planning/blocked.ts';
import { type GlassTerms, glassTerms, mustBreakGlass } from './planning/glass.ts';
import { type Asked, hashOf, makePlan } from './planning/make-plan.ts';
import { openQuestions, refuseTwice, withOthers, withWarnings } from './planning/open.ts';
import { requestApproval } from './planning/request-approval.ts';
import type { DeployPlan } from './planning/types.ts';
import { refuseVulnerable } from './planning/vulnerable.ts';

/** A request was made; its card is posted. */
export interface CardResult {
  readonly kind: 'card';
  readonly card: string;
  readonly audit: string;
}

/** A plan that was only shown (`--plan`). */
export interface PlannedResult {
  readonly kind: 'planned';
  readonly plan: DeployPlan;
  readonly hash: string;
  /** Warning that nobody could approve it; undefined where somebody can, or where a group is unknown. */
  readonly nobody: NobodyCan | undefined;
  /** With `--break-glass`, what that would mean. */
  readonly glass: GlassTerms | undefined;
  readonly audit: string;
}

/** What planning and requesting take: the dependencies of both commands. */
export const PUT_NEEDS = [
  'board',
  'config',
  'hosts',
  'kinds',
  'now',
  'people',
  'proofs',
  'redact',
  'runner',
  'scans',
  'specs',
  'store',
  'tags',
] as const satisfies readonly (keyof Deps)[];

/** Plans a deploy or rollback and requests approval; with `--plan`, only shows the plan. */
export async function put(
  asked: Asked,
  request: Request<Pick<DeployArgs, 'plan' | 'code'>>,
  deps: Pick<Deps, (typeof PUT_NEEDS)[number]>,
  run: Run,
): Promise<CardResult | PlannedResult> {
  const { plan: onlyPlan, code } = request.args;
  if (asked.breakGlass && asked.reason === undefined)
    throw new UserError(
      'bad_input',
      '`--break-glass` needs `--reason`: the reviewers will read it. Nothing was started.',
      // A line whose secret values were left out cannot be typed again.
      request.shownLine.includes('***')
        ? undefined
        : phrase`Try ${commandLine(`${request.shownLine} --reason "what is broken"`)}: it starts at once, without approval.`,
    );
  if (code !== undefined && !asked.breakGlass)
    throw new UserError(
      'bad_input',
      '`--code` goes with `--break-glass`.',
      'Approvals are given on the card of the plan.',
    );
  if (!onlyPlan) await refuseBlocked({ ...asked, person: request.person }, deps);
  const made = await makePlan(asked, deps, run.signal);
  const open = await openQuestions(made.service, request.channel, deps);
  if (!onlyPlan) await refuseTwice(made, open, request, deps);
  const passed = made.breakGlass ? await passedOver({ ...asked, person: request.person }, deps) : [];
  const plan = withWarnings(withOthers(made, open), passed);
  const hash = hashOf(plan);
  const summary = `${plan.action} ${plan.service} ${plan.image.tag ?? ''}@${plan.image.digest} on ${asked.hosts.join(', ')}, plan ${hash.slice(0, 8)}`;
  const subject = { command: plan.action, plan, service: plan.service };
  const nobody = plan.breakGlass
    ? undefined
    : await nobodyCanApprove(`this ${deployApproval.subject(subject)}`, subject, request, deps);
  if (onlyPlan) {
    const glass = plan.breakGlass ? glassTerms(request, subject, code, deps) : undefined;
    return { kind: 'planned', plan, hash, nobody, glass, audit: `${summary}, only shown` };
  }
  if (plan.hosts.every(({ unchanged }) => unchanged))
    throw new UserError(
      'unchanged',
      `${plan.service} already runs exactly this on ${asked.hosts.join(', ')}. Nothing to do.`,
    );
  refuseVulnerable(plan, deps);
  if (nobody) throw new UserError('no_approver', nobody.why, nobody.hint);
  const glass = plan.breakGlass ? await mustBreakGlass(request, subject, code, deps) : undefined;
  await requestApproval({ plan, hash, values: asked.overrides.environment }, glass, request, deps);
  const proof = glass?.factor ? ', glass broken with a one-time code (totp)' : '';
  return { kind: 'card', card: request.id, audit: `${summary}${proof}` };
}
