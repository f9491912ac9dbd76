import type { PushArgs } from '../../commands/images/push.ts';
import { UserError } from '../../domain/errors.ts';
import { familiar, type ImageReference } from '../../domain/reference.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { checkImage } from '../../policy/images.ts';
import { checkPush } from '../../policy/publish.ts';
import { askForApproval } from '../approval/ask.ts';
import { namingSilent, unseenOn } from '../containers/find-container.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Request, Run } from '../request.ts';
import { carryOut } from './pushing/carry-out.ts';
import { type PlannedPush, planPush } from './pushing/plan.ts';
import { replacedByPush } from './pushing/replaced.ts';
import { hashOfPush } from './pushing/stored-plan.ts';
import type { PushAsked, Pushed, PushOutcome, PushReport } from './pushing/types.ts';
import { type FoundImage, findImages } from './tagging/find-image.ts';
import { notFree } from './tagging/refuse.ts';
import { noRule, publishRules } from './tagging/rules.ts';

const NEEDS = [
  'config',
  'hosts',
  'kinds',
  'live',
  'log',
  'now',
  'people',
  'redact',
  'registries',
  'specs',
  'store',
] as const satisfies readonly (keyof Deps)[];

type PushDeps = Pick<Deps, (typeof NEEDS)[number]>;

export const push = handler<PushArgs, PushOutcome, PushReport>()(NEEDS, async (request, deps, run) => {
  const target = targetOf(request, deps.config);
  const source = { by: 'name', reference: target } as const;
  const { found, failures } = await findImages(request, source, deps, { signal: run.signal, anyWithIt: true });
  const pushed = await namingSilent(failures, () => pushOne(found, target, { request, deps, run }));
  return { ...pushed, unseen: unseenOn(failures) };
});

interface Pushing {
  readonly request: Request<PushArgs>;
  readonly deps: PushDeps;
  readonly run: Run<PushReport, PushOutcome>;
}

async function pushOne(
  [found, ...others]: readonly FoundImage[],
  target: ImageReference,
  { request, deps, run }: Pushing,
): Promise<PushOutcome> {
  if (!found || others.length > 0)
    throw new UserError('ambiguous', 'An image is pushed from one host.', 'Name one: `@host`.');
  const planned = await planPush(found, target, deps);
  const { plan, isDone } = planned;
  if (isDone) return unchanged(planned, request, deps.now());
  const why = replacedByPush(plan);
  const { service, rules } = publishRules('push', plan, deps.config);
  if (why.length > 0 && !request.args.force) throw notFree(why, { target, taken: [] }, request);
  if (why.length > 0 && rules.length === 0) throw noRule('push');
  if (rules.length === 0)
    return carryOut({ plan, requestedBy: request.person, request, signal: run.signal, progress: run.progress }, deps);
  const hash = hashOfPush(plan);
  const what = `this push of ${familiar(target)}`;
  const asked = await askForApproval({ what, plan, hash, service, rules }, request, deps);
  return askedResult({ plan, hash, ...asked }, request);
}

/** Throws a `UserError` unless the image may be pushed to where its name says. */
function targetOf(
  request: Request<PushArgs>,
  config: Parameters<typeof checkPush>[1] & Parameters<typeof checkImage>[1],
) {
  const { image } = request.args;
  if (image.digest !== undefined)
    throw new UserError('bad_input', 'A push takes a tag: the registry gives the digest.', undefined, {
      field: 'image',
    });
  const seen = servicesSeen(request, config);
  const { reference } = checkImage(image, config, seen);
  checkPush(reference, config, seen);
  return reference;
}

function unchanged({ plan }: PlannedPush, request: Request, now: number): Pushed {
  return {
    kind: 'pushed',
    target: plan.target,
    from: plan.from,
    hosts: [{ host: plan.from }],
    state: 'unchanged',
    now: plan.before,
    before: plan.before,
    uploaded: false,
    back: undefined,
    warnings: [],
    requestedBy: request.person,
    answeredBy: request.person,
    ...timed(request, now, []),
    audit: `${plan.target}: already is ${plan.before}`,
  };
}

function askedResult(
  { plan, hash, at, expiresAt, from }: Omit<PushAsked, 'kind' | 'id' | 'audit' | 'ms' | 'failures'>,
  request: Request,
): PushAsked {
  const audit = `asked: ${plan.imageId} of ${plan.from} -> ${plan.target}, plan ${hash.slice(0, 8)}`;
  return { kind: 'push-asked', id: request.id, hash, plan, from, expiresAt, ...timed(request, at, []), audit };
}
