import type { TagArgs } from '../../commands/images/tag.ts';
import { canonical, familiar, parseReference } from '../../domain/reference.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { askForApproval } from '../approval/ask.ts';
import { namingSilent, unseenOn } from '../containers/find-container.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Request } from '../request.ts';
import { carryOut } from './tagging/carry-out.ts';
import { type FoundImage, findImages, typedOf } from './tagging/find-image.ts';
import { offerVersions } from './tagging/offers.ts';
import { mustBeAllowed, planHost } from './tagging/plan-hosts.ts';
import { planInRegistry } from './tagging/plan-registry.ts';
import { notFree } from './tagging/refuse.ts';
import { replacedByTag } from './tagging/replaced.ts';
import { noRule, publishRules } from './tagging/rules.ts';
import { hashOfTag } from './tagging/stored-plan.ts';
import type { HostTagPlan, TagAsked, Tagged, TagPlan, TagResult } from './tagging/types.ts';
import { readWish, type TagWish } from './tagging/wish.ts';

type TagDeps = Pick<
  Deps,
  'config' | 'hosts' | 'kinds' | 'now' | 'people' | 'redact' | 'registries' | 'specs' | 'store' | 'tags'
>;

export const tag = handler<TagArgs, TagResult>()(
  ['config', 'hosts', 'kinds', 'now', 'people', 'redact', 'registries', 'specs', 'store', 'tags'],
  async (request, deps, run) => {
    const { signal } = run;
    const wish = readWish(request, deps.config);
    if (wish.to === 'offers') return offerVersions(wish.source, wish.repository, request, { deps, signal });
    if (wish.to === 'registry') return put(await planInRegistry(wish, deps, signal), request, deps, signal);
    const { found, failures } = await findImages(request, wish.source, deps, { signal });
    const tagged = await namingSilent(failures, () =>
      put(planOnHosts(wish, found, request, deps), request, deps, signal),
    );
    return { ...tagged, unseen: unseenOn(failures) };
  },
);

/** Sets the tag, or asks for approval where that takes one. */
async function put(
  plan: TagPlan,
  request: Request<TagArgs>,
  deps: TagDeps,
  signal: AbortSignal,
): Promise<TagAsked | Tagged> {
  const why = replacedByTag(plan);
  const { service, rules } = publishRules('tag', plan, deps.config);
  const target = parseReference(plan.target);
  if (why.length > 0 && !request.args.force) {
    const { tags: taken } = await deps.tags.list(target, signal);
    throw notFree(why, { target, taken }, request);
  }
  if (why.length > 0 && rules.length === 0) throw noRule('tag');
  if (rules.length === 0 || isDone(plan)) return carryOut({ plan, requestedBy: request.person, request, signal }, deps);
  const what = `this tag of ${familiar(target)}`;
  const hash = hashOfTag(plan);
  const asked = await askForApproval({ what, plan, hash, service, rules }, request, deps);
  return askedResult({ plan, hash, ...asked }, request);
}

function planOnHosts(
  wish: Extract<TagWish, { readonly to: 'hosts' }>,
  found: readonly FoundImage[],
  request: Request<TagArgs>,
  { config }: Pick<TagDeps, 'config'>,
): HostTagPlan {
  const seen = servicesSeen(request, config);
  for (const { image } of found) mustBeAllowed(image, config, seen);
  const hosts = found.map((one) => planHost(one, wish.target, config));
  const source = wish.source.by === 'id' ? typedOf(wish.source) : canonical(wish.source.reference);
  return { kind: 'hosts', hosts, source, target: canonical(wish.target) };
}

/** Whether the tag is there already: nothing is asked then. */
function isDone(plan: TagPlan): boolean {
  if (plan.kind === 'registry') return plan.before === plan.digest;
  return plan.hosts.every(({ imageId, before }) => imageId === before);
}

function askedResult(
  { plan, hash, at, expiresAt, from }: Pick<TagAsked, 'plan' | 'hash' | 'expiresAt' | 'from' | 'at'>,
  request: Request,
): TagAsked {
  const audit = `asked: ${plan.source} -> ${plan.target}, plan ${hash.slice(0, 8)}`;
  return { kind: 'tag-asked', id: request.id, hash, plan, from, expiresAt, ...timed(request, at, []), audit };
}
