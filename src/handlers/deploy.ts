import type { DeployArgs, RollbackArgs } from '../commands/deploy.ts';
import { parseReference } from '../commands/reference.ts';
import type { Overrides } from '../docker/rollout/wanted.ts';
import { UserError } from '../errors.ts';
import { checkImage } from '../policy/images.ts';
import { serviceName } from '../policy/services.ts';
import { containerImage } from './deploy/adopt.ts';
import { refuseBlocked } from './deploy/blocked.ts';
import { deployableHere, deployForm, type FormResult } from './deploy/form.ts';
import { mustBreakGlass } from './deploy/glass.ts';
import { adoptedImage, wantedImage } from './deploy/image.ts';
import { type NobodyCan, nobodyCanApprove } from './deploy/nobody.ts';
import { openQuestions, refuseTwice, withOthers } from './deploy/open.ts';
import { type Asked, hashOf, makePlan } from './deploy/plan.ts';
import { question } from './deploy/question.ts';
import { subjectOf } from './deploy/said.ts';
import type { DeployPlan } from './deploy/types.ts';
import { rollbackList, type VersionsResult, versionNamed } from './deploy/versions.ts';
import type { Deps, Handler, Request, Run } from './types.ts';

/** A question was put, and stands on its card. */
export interface CardResult {
  readonly kind: 'card';
  readonly card: string;
  readonly audit: string;
}

/** A plan that was only shown. */
export interface PlannedResult {
  readonly kind: 'planned';
  readonly plan: DeployPlan;
  readonly hash: string;
  /** That nobody could approve it; undefined where somebody can, or where that is not known. */
  readonly nobody: NobodyCan | undefined;
  readonly audit: string;
}

export const deploy: Handler<DeployArgs, CardResult | PlannedResult | FormResult> = async (request, deps, run) => {
  const { args } = request;
  const name = args.service === undefined ? undefined : serviceName(args.service, deps.config);
  const service = name === undefined ? undefined : deps.config.services.get(name);
  if (name === undefined || (service && args.image === undefined))
    return deployForm(deployableHere(request, deps), name, request, deps, run.signal);
  const image = service
    ? wantedImage(args.image, parseReference(service.image), true)
    : adoptedImage(args.image, await containerImage(name, request.hosts, deps, run.signal));
  return put(
    {
      action: 'deploy',
      service: name,
      image: checkImage(image, deps.config).reference,
      hosts: request.hosts,
      overrides: overridesOf(args),
      reason: args.reason,
      breakGlass: args.breakGlass,
    },
    args,
    request,
    deps,
    run,
  );
};

export const rollback: Handler<RollbackArgs, CardResult | PlannedResult | VersionsResult> = async (
  request,
  deps,
  run,
) => {
  const { args } = request;
  if (args.to === undefined) return rollbackList(request, deps, run.signal);
  const service = serviceName(args.service, deps.config);
  const image = await versionNamed(service, args.to, request.hosts, deps);
  return put(
    {
      action: 'rollback',
      service,
      image: checkImage(image, deps.config).reference,
      hosts: request.hosts,
      overrides: {},
      reason: args.reason,
      breakGlass: args.breakGlass,
    },
    args,
    request,
    deps,
    run,
  );
};

async function put(
  given: Asked,
  { plan: onlyPlan, code }: Pick<DeployArgs, 'plan' | 'code'>,
  request: Request,
  deps: Deps,
  run: Run,
): Promise<CardResult | PlannedResult> {
  const asked = { ...given, reason: given.reason === undefined ? undefined : deps.redact(given.reason) };
  if (asked.breakGlass && asked.reason === undefined)
    throw new UserError('bad_input', '`--break-glass` needs `--reason`: it will be read by those who were not asked.');
  if (code !== undefined && !asked.breakGlass)
    throw new UserError('bad_input', '`--code` goes with `--break-glass`.', 'A yes is given on the card of the plan.');
  if (!onlyPlan) await refuseBlocked({ ...asked, person: request.person }, deps);
  const made = await makePlan(asked, deps, run.signal);
  const open = await openQuestions(made.service, request.channel, deps);
  if (!onlyPlan) await refuseTwice(made, open, request, deps);
  const plan = withOthers(made, open);
  const hash = hashOf(plan);
  const summary = `${plan.action} ${plan.service} ${plan.image.tag ?? ''}@${plan.image.digest} on ${asked.hosts.join(', ')}, plan ${hash.slice(0, 8)}`;
  const subject = { command: plan.action, plan, service: plan.service };
  const nobody = plan.breakGlass
    ? undefined
    : await nobodyCanApprove(`this ${subjectOf(subject)}`, subject, request, deps);
  if (onlyPlan) return { kind: 'planned', plan, hash, nobody, audit: `${summary}, only shown` };
  if (plan.hosts.every(({ unchanged }) => unchanged))
    throw new UserError(
      'unchanged',
      `${plan.service} already runs exactly that on ${asked.hosts.join(', ')}; there is nothing to do.`,
    );
  if (nobody) throw new UserError('no_approver', nobody.why, nobody.hint);
  const glass = plan.breakGlass ? await mustBreakGlass(request, subject, code, deps) : undefined;
  await question(plan, hash, asked.overrides.environment, glass, request, deps);
  const proof = glass?.factor ? ', glass broken with a one-time code (totp)' : '';
  return { kind: 'card', card: request.id, audit: `${summary}${proof}` };
}

function overridesOf(args: DeployArgs): Overrides {
  const environment = Object.fromEntries(
    args.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  return {
    ...(args.memory === undefined ? {} : { memory: args.memory }),
    ...(args.cpus === undefined ? {} : { cpus: args.cpus }),
    ...(args.env.length === 0 ? {} : { environment }),
    ...(args.publish.length === 0 ? {} : { ports: args.publish }),
    ...(args.volume.length === 0 ? {} : { volumes: args.volume }),
  };
}
