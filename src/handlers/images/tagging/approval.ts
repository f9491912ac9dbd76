import type { ImageSource } from '../../../commands/images/image-target.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import { UserError } from '../../../domain/errors.ts';
import { mention, phrase } from '../../../domain/phrase.ts';
import { familiar, parseReference } from '../../../domain/reference.ts';
import { authorize, groupsThatMatter } from '../../../policy/authorize.ts';
import { checkImage } from '../../../policy/images.ts';
import { checkPush } from '../../../policy/publish.ts';
import { named } from '../../../text/names.ts';
import { OTHER_REQUESTER, StalePlan, untrustedError } from '../../approval/errors.ts';
import { type Asked, approvalKind } from '../../approval/kind.ts';
import type { ApprovalDeps } from '../../deps.ts';
import { unreachable } from '../../lifecycle/make-plan.ts';
import { settle } from '../../over-hosts.ts';
import { carryOut } from './carry-out.ts';
import { pickImage } from './find-image.ts';
import { isStale, mustBeAllowed, planHost } from './plan-hosts.ts';
import { planInRegistry } from './plan-registry.ts';
import { noRule, publishRules } from './rules.ts';
import { hashOfTag, isTagPlan } from './stored-plan.ts';
import type { HostTagPlan, Tagged, TagPlan } from './types.ts';

const CHECK_MS = 30_000;

/** What `/tag` asks. */
export const tagApproval = approvalKind<TagPlan, Tagged>({
  isPlan: isTagPlan,
  votes: 'one',
  card: 'message',
  breakGlass: false,
  subject: ({ target }) => `tag of ${familiar(parseReference(target))}`,
  describe: (plan) => `tag ${sayName(plan.source)} as ${sayName(plan.target)} ${placeOf(plan)}`,
  async revalidate({ approval, plan }, _request, deps) {
    if (hashOfTag(plan) !== approval.hash || approval.command !== 'tag') throw untrustedError('request');
    const { service, rules } = publishRules('tag', plan, deps.config);
    if (service !== approval.service) throw untrustedError('request');
    if (rules.length === 0) throw noRule('tag');
    await mustStillBeAllowed(approval, plan.kind === 'hosts' ? plan.hosts : [], deps);
    const target = checkImage(parseReference(plan.target), deps.config).reference;
    if (plan.kind === 'hosts') return mustHoldOnHosts(plan, deps);
    checkPush(target, deps.config);
    const wish = { source: checkImage(parseReference(plan.source), deps.config).reference, target };
    const now = await planInRegistry(wish, deps, AbortSignal.timeout(CHECK_MS));
    if (now.digest !== plan.digest) throw stale(`${sayName(plan.source)} is another image now`);
    if (now.before !== plan.before) throw stale(`${sayName(plan.target)} is another image now`);
  },
  async carryOut({ approval, plan }, request, deps, run) {
    await run.accept();
    const { requestedBy } = approval;
    const result = await carryOut({ plan, requestedBy, request, signal: run.signal }, deps);
    const verdict = result.failures.length === 0 ? 'done' : 'partial';
    await deps.store.approvals.finish({ id: approval.id, verdict, at: deps.now() });
    return { ...result, audit: `${approval.id} approved; ${result.audit}` };
  },
});

/** Throws a `UserError` unless the requester may still give the command where they gave it, on these hosts. */
export async function mustStillBeAllowed(
  approval: Asked<unknown>['approval'],
  hosts: readonly { readonly host: string }[],
  deps: ApprovalDeps,
): Promise<void> {
  const { requestedBy: person, channel, command } = approval;
  const spec = deps.specs.find(({ name }) => name === command);
  const membership = await deps.people.membership(person, groupsThatMatter(channel, deps.config));
  const decision = spec && authorize({ spec, on: undefined, channel, person, membership }, deps.config);
  const isAllowed = decision !== undefined && decision.kind !== 'deny';
  if (isAllowed && hosts.every(({ host }) => decision.hosts.includes(host))) return;
  throw new UserError(
    'not_permitted',
    phrase`${mention(person)} may no longer do that there: ${decision?.kind === 'deny' ? decision.missing : 'its hosts are not granted any more.'}`,
    OTHER_REQUESTER,
  );
}

export const stale = (what: string) => new StalePlan(`Not done, since this plan is stale: ${what}.`);

async function mustHoldOnHosts(plan: HostTagPlan, deps: ApprovalDeps): Promise<void> {
  const target = parseReference(plan.target);
  const byHost = new Map(plan.hosts.map((one) => [one.host, one]));
  const look = async (engine: Engine, host: string) => {
    const [images, containers] = await Promise.all([engine.listImages({}), engine.listContainers({ all: true })]);
    const id = byHost.get(host)?.imageId.slice(7) ?? '';
    const source: ImageSource = { by: 'id', id };
    const image = pickImage(images, source);
    if (image) mustBeAllowed(image, deps.config);
    return image && planHost({ host, image, images, containers }, target, deps.config);
  };
  const signal = AbortSignal.timeout(CHECK_MS);
  const { values, failures } = settle(await deps.hosts.each([...byHost.keys()], look, { signal }), deps.redact);
  if (failures.length > 0) throw unreachable(failures);
  const moved = plan.hosts.find((planned) => {
    const now = values.find(({ host }) => host === planned.host)?.value;
    return now === undefined || isStale(planned, now);
  });
  if (moved) throw stale(`${sayName(plan.target)} or its image changed on ${moved.host}`);
}

const sayName = (name: string) => (/^[0-9a-f]+$/u.test(name) ? name : familiar(parseReference(name)));

function placeOf(plan: TagPlan): string {
  if (plan.kind === 'registry') return `in ${parseReference(plan.target).registry}`;
  return `on ${named(
    plan.hosts.map(({ host }) => host),
    300,
  )}`;
}
