import { createHash } from 'node:crypto';
import type { Wave } from '../../../config.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import { planHost } from '../../../docker/rollout/plan.ts';
import type { HostPlan } from '../../../docker/rollout/types.ts';
import type { Overrides } from '../../../docker/rollout/wanted.ts';
import { code, UserError } from '../../../domain/errors.ts';
import type { ImageReference } from '../../../domain/reference.ts';
import { inWaves } from '../../../policy/waves.ts';
import { inWords } from '../../containers/find-container.ts';
import type { Deps } from '../../deps.ts';
import { settle } from '../../over-hosts.ts';
import type { HostFailure } from '../../request.ts';
import { refuseForbidden, riskWarnings } from './allowed.ts';
import { failuresOf, failureWords } from './failures.ts';
import { masked } from './masked.ts';
import { offeredPlatforms } from './offered.ts';
import { pinned } from './pinned.ts';
import { verifiedFor, withBefore } from './proof.ts';
import { mustBeRestorable } from './restorable.ts';
import { returnable } from './served.ts';
import { wantedOf } from './target.ts';
import type { DeployPlan } from './types.ts';
import { withoutValues } from './values.ts';
import { versionStep } from './version.ts';
import { beginScan } from './vulnerabilities.ts';

/** Inspecting a host takes a few quick calls; one that takes longer is named as the one that did not answer. */
const PLAN_MS = 15_000;

export interface Asked {
  readonly action: DeployPlan['action'];
  readonly service: string;
  readonly image: ImageReference;
  readonly hosts: readonly string[];
  readonly overrides: Overrides;
  readonly reason: string | undefined;
  readonly breakGlass: boolean;
  /** Hosts that did not say whether they have the container too, where nobody named one. */
  readonly unseen: readonly string[];
}

/**
 * Looks at every host and says what a deploy will do there. Nothing is touched. Throws a `UserError` when a host does not
 * answer, when something would make it fail, or when the guardrails forbid what would run. Values that were given are not in
 * it: the hash of what will be created stands for them.
 */
export async function makePlan(
  asked: Asked,
  deps: Pick<Deps, 'config' | 'hosts' | 'now' | 'proofs' | 'redact' | 'scans' | 'store' | 'tags'>,
  signal: AbortSignal,
): Promise<DeployPlan> {
  const { repository, tag, digest, platforms } = await pinned(asked, deps, signal);
  const { proof, unverified } = await verifiedFor({ ...asked, image: { ...asked.image, digest } }, deps, signal);
  const image = { repository, digest, ...(tag === undefined ? {} : { tag }) };
  const scanning = beginScan({ image, hosts: asked.hosts, isUrgent: isUrgent(asked) }, deps, signal);
  const wanted = wantedOf({ service: asked.service, image, overrides: asked.overrides }, deps.config);
  const ask = (engine: Engine) => offeredPlatforms(image, engine, deps, signal);
  const options = { signal, offer: { platforms, ask } };
  const outcomes = await deps.hosts.each(asked.hosts, (engine, host) => planHost(engine, host, wanted, options), {
    signal,
    deadlineMs: PLAN_MS,
  });
  const { values, failures } = settle(outcomes, deps.redact);
  if (failures.length > 0) throw unreachable(failures, asked.hosts);
  const found = values.map(({ value }) => value);
  refuseForbidden({ service: asked.service, repository, hosts: found }, deps.config);
  refuseConflicts(asked.action, found, deps.redact);
  const fetched =
    asked.action === 'rollback'
      ? await mustBeRestorable({ image, service: asked.service }, found, deps, signal)
      : new Map<string, string[]>();
  const failed = (await failuresOf(asked.service, deps))
    .filter(({ image }) => image.repository === repository && image.digest === digest)
    .map(failureWords);
  const unmasked = found.map((host) => ({
    ...host,
    now: host.now && returnable(host.now, deps.config),
    warnings: [
      ...unseenWarnings(asked),
      ...unverified,
      ...failed,
      ...(fetched.get(host.host) ?? []),
      ...riskWarnings(host, deps.config),
      ...host.warnings,
    ],
  }));
  const hosts = await masked(unmasked, deps.redact);
  const now = hosts.find((host) => host.now)?.now;
  const service = deps.config.services.get(asked.service);
  const vulnerabilities = await scanning.compare(hosts);
  return {
    action: asked.action,
    service: asked.service,
    image,
    overrides: withoutValues(asked.overrides),
    ...(proof === undefined
      ? {}
      : { proof: await withBefore(proof, { ...asked.image, digest: now?.digest }, deps, signal) }),
    ...(asked.reason === undefined ? {} : { reason: asked.reason }),
    breakGlass: asked.breakGlass,
    step: now === undefined ? 'first' : now.digest === digest ? 'same' : versionStep(now.tag ?? '', tag),
    hosts,
    waves: wavesOf(hosts, service?.rollout.waves ?? [{ percent: 100 }]),
    ask: service?.rollout.ask ?? false,
    ...(vulnerabilities === undefined ? {} : { vulnerabilities }),
  };
}

const unseenWarnings = ({ service, unseen }: Asked) =>
  unseen.length === 0
    ? []
    : [`Not known: ${inWords(unseen)} did not answer, and may have a container ${code(service)} too.`];

/** What goes back or breaks the glass is held up by nothing that can be said later. */
const isUrgent = ({ action, breakGlass }: Asked) => action === 'rollback' || breakGlass;

/**
 * Only hosts that change are dealt to waves: one that already runs the version tries nothing out, and nobody needs to be asked
 * before it. It is in the first wave, whose end it does not hold up.
 */
function wavesOf(hosts: readonly HostPlan[], waves: readonly Wave[]): string[][] {
  const { true: untouched = [], false: changing = [] } = Object.groupBy(hosts, (host) => `${host.unchanged}`);
  const [first = [], ...later] = inWaves(worstFirst(changing), waves);
  return [[...worstFirst(untouched), ...first], ...later.map((wave) => [...wave])];
}

// Where the service is worst there is the least to lose, and a wave that fails there has cost nothing.
function worstFirst(hosts: readonly HostPlan[]): string[] {
  const wellness = ({ now }: HostPlan) => (!now ? 0 : now.state === 'running' ? 2 : 1);
  return hosts.toSorted((a, b) => wellness(a) - wellness(b)).map(({ host }) => host);
}

/** The short form of it is on the card; what is approved is exactly this. */
export function hashOf(plan: DeployPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}

function unreachable(failures: readonly HostFailure[], hosts: readonly string[]): UserError {
  const missing = new Set(failures.map(({ host }) => host));
  const rest = hosts.filter((host) => !missing.has(host));
  const said = failures.map(({ host, summary }) => `${host}: ${summary}`).join(' ');
  // Whichever is shorter, in a fleet.
  const on = (rest.length <= missing.size ? rest : [...missing].map((host) => `!${host}`)).join(',');
  return new UserError(
    'unreachable',
    `Not planned: some hosts could not be inspected. ${said}`,
    rest.length > 0 ? `To leave ${[...missing].join(', ')} out, add \`--on ${on}\`.` : failures[0]?.tryThis,
  );
}

function refuseConflicts(action: Asked['action'], hosts: readonly HostPlan[], redact: Deps['redact']): void {
  const said = hosts.flatMap(({ host, conflicts }) => conflicts.map((conflict) => `${host}: ${redact(conflict)}`));
  if (said.length > 0) throw new UserError('conflict', `This ${action} would fail. ${said.slice(0, 5).join(' ')}`);
}
