import { code, UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import type { Engine } from '../client/engine.ts';
import type { RawContainer } from '../shapes/raw.ts';
import { type PreparedSwarmPlan, prepareSwarmPlan } from '../swarm/plan.ts';
import { changesOf } from './changes.ts';
import { type CloneContext, draftFromContainer } from './clone.ts';
import { conflictsOf } from './conflicts.ts';
import { type Draft, hashOf, requestedSettings } from './draft.ts';
import { endpointsOf } from './endpoints.ts';
import { dataHiddenByImage } from './hidden-data.ts';
import { dataLeftBehind, tmpfsWarnings } from './lost-data.ts';
import { isSetAside } from './names.ts';
import { containerFinder, currentNames, neighbourConflicts, volumeBorrowers } from './neighbours.ts';
import { imageReferenceOf, provenRepository, referenceOf, repositoryOf } from './origin.ts';
import { withOverrides } from './overrides.ts';
import { ownVolumes } from './own-volumes.ts';
import { risksOf } from './risks.ts';
import { servedVersion } from './served.ts';
import { draftOfConfig } from './spec.ts';
import { chooseStrategy } from './strategy.ts';
import { type Survey, type SurveyOptions, surveyHost } from './survey.ts';
import type { HostPlan, JsonObject, RestartPolicy, RunningNow } from './types.ts';
import type { Wanted } from './wanted.ts';
import { healthcheckFacts, networkWarnings, warningsOf } from './warnings.ts';

/** A plan with what carrying it out needs. The draft holds secrets and never leaves this process. */
export interface PreparedPlan {
  readonly kind: 'container';
  readonly plan: HostPlan;
  readonly draft: Draft;
  readonly survey: Survey;
}

export type PreparedHost = PreparedPlan | PreparedSwarmPlan;

/**
 * Plans a rollout on one host; reads only. Throws a `UserError` with the reason `cannot_adopt` when the settings of the
 * running container cannot be carried over safely, and an `EngineError` when the engine does not answer.
 *
 * A deployment plans a host three times at most, each time because the host may have changed since:
 * when it is requested, for the card that is approved; when the approved deployment starts, for every host at once, so that
 * no host is changed where another cannot be; and before a host of a later wave, since earlier waves take minutes. What was
 * found at the start is handed to `runHost` for the first wave, which follows at once.
 */
export async function planHost(
  engine: Engine,
  host: string,
  wanted: Wanted,
  options: SurveyOptions = {},
): Promise<HostPlan> {
  return (await prepareHost(engine, host, wanted, options)).plan;
}

/** Plans a rollout and returns what `runHost` needs to carry it out. */
export function prepareHost(
  engine: Engine,
  host: string,
  wanted: Wanted,
  options: SurveyOptions = {},
): Promise<PreparedHost> {
  return wanted.from.kind === 'swarm'
    ? prepareSwarmPlan(engine, host, wanted, options)
    : preparePlan(engine, host, wanted, options);
}

export async function preparePlan(
  engine: Engine,
  host: string,
  wanted: Wanted,
  options: SurveyOptions,
): Promise<PreparedPlan> {
  const found = await surveyHost(engine, wanted, options);
  const { live } = found;
  const context = cloneContext(found);
  const own = live && draftFromContainer(live.raw, live.image?.config ?? {}, context);
  const draft = withOverrides(baseDraft(wanted, own, found), wanted.overrides);
  const chosen = chooseStrategy(draft, wanted.rollout.strategy, live !== undefined);
  const check = healthcheckFacts(draft, found);
  const changes = own && live ? changesOf({ own, raw: live.raw, next: draft }) : [];
  const now = live && runningNow(live, wanted, found);
  const driven = new Map(found.volumes.map((volume) => [volume.name, volume.options]));
  const volumes = { isOwn: ownVolumes(wanted, found), options: driven };
  const unchanged = now?.digest === wanted.image.digest && now.state === 'running' && changes.length === 0;
  const hidden =
    found.image && !unchanged
      ? await dataHiddenByImage(engine, { live, draft, image: found.image }, options.signal)
      : [];
  const plan: HostPlan = {
    host,
    name: wanted.name,
    strategy: chosen.strategy,
    why: chosen.why,
    interruption: chosen.interruption,
    now,
    next: {
      digest: wanted.image.digest,
      tag: wanted.image.tag,
      bodyHash: hashOf([wanted.image.digest, requestedSettings(draft)]),
    },
    changes,
    warnings: [
      ...chosen.warnings,
      ...(own && live ? [...dataLeftBehind(live.raw, own, draft), ...tmpfsWarnings(own)] : []),
      ...networkWarnings(draft, chosen.strategy),
      ...warningsOf(found, draft, { name: wanted.name, check, rollout: wanted.rollout, strategy: chosen.strategy }),
      ...volumeBorrowers(found, changes),
    ],
    conflicts: [
      ...chosen.conflicts,
      ...conflictsOf(found, draft, wanted),
      // An unchanged container is not touched.
      ...(unchanged ? [] : neighbourConflicts(found, draft)),
      ...hidden,
    ],
    unchanged,
    imagePresent: found.image !== undefined,
    diskFreeBytes: found.diskFreeBytes,
    oldImageKept: live?.image !== undefined,
    risks: risksOf(draft, check.has !== false, now?.repository === wanted.image.repository ? own : undefined, volumes),
  };
  return { kind: 'container', plan, draft, survey: found };
}

function baseDraft(wanted: Wanted, own: Draft | undefined, { live }: Survey): Draft {
  const { from } = wanted;
  if (from.kind === 'service') return draftOfConfig(from.container, live?.raw);
  if (!own)
    throw new UserError('not_found', `No container ${code(wanted.name)} found.`, phrase`See ${commandLine('ps -a')}.`);
  // Without the image its defaults cannot be told from settings of the container, and would be frozen.
  if (!live?.image)
    throw new UserError(
      'cannot_adopt',
      `The image of ${code(wanted.name)} is no longer on the host, so Fairlead cannot tell the image's defaults from the container's settings.`,
      'Pull that image again, or add the service to the config.',
    );
  return own;
}

function cloneContext({ containers, minor, podman, networks, live, others }: Survey): CloneContext {
  const find = containerFinder(containers);
  const nameOf = currentNames(containers);
  const lenders = (live?.raw.HostConfig.VolumesFrom ?? []).map((from) => nameOf(from.split(':')[0] ?? ''));
  const ids = new Set(
    lenders.flatMap((name) => (name === undefined || isSetAside(name) ? [] : (find(name)?.id ?? []))),
  );
  const borrowedMounts = others.filter(({ Id }) => ids.has(Id)).flatMap(({ Mounts }) => Mounts);
  return { minor, nameOf, borrowedMounts, networks: podman ? [] : networks };
}

function runningNow(
  { raw, image }: NonNullable<Survey['live']>,
  { image: wanted }: Wanted,
  { containers, minor }: Survey,
): RunningNow {
  const status = containers.find(({ id }) => id === raw.Id)?.status ?? '';
  const digests = (image?.digests ?? [])
    .flatMap((name) => referenceOf(name) ?? [])
    .filter((reference) => repositoryOf(reference) === wanted.repository)
    .flatMap(({ digest }) => digest ?? []);
  return {
    containerId: raw.Id,
    containerName: raw.Name,
    imageId: raw.Image,
    repository: provenRepository(raw, image),
    digest: digests.find((digest) => digest === wanted.digest) ?? digests[0],
    tag: imageReferenceOf(raw)?.tag,
    state: raw.State.Status,
    configHash: configHash(raw),
    restartPolicy: restartPolicyOf(raw.HostConfig.RestartPolicy),
    networks: networksOf(raw, minor),
    served: servedVersion({ raw, image, status, repository: wanted.repository }),
  };
}

function networksOf(raw: RawContainer, minor: number): RunningNow['networks'] {
  const known = [...endpointsOf(raw, minor)].map(([name, { aliases, rest }]) => {
    const id = raw.NetworkSettings.Networks[name]?.NetworkID ?? '';
    return [name, { id, aliases, rest: rest as JsonObject }] as const;
  });
  return Object.fromEntries(known);
}

/** A hash of all settings that can be changed by hand, without addresses that an engine assigns at each start. */
function configHash({ Id, Name, Image, Config, HostConfig, Mounts, NetworkSettings }: RawContainer): string {
  const networks = Object.entries(NetworkSettings.Networks).map(([name, at]) => [name, at.Aliases, at.IPAMConfig]);
  const mounts = Mounts.map((mount) => [mount.Name, mount.Source, mount.Destination, mount.RW]);
  const host = { ...HostConfig, Links: HostConfig.Links.toSorted() };
  return hashOf([Id, Name, Image, Config, host, mounts.toSorted(), networks.toSorted()]);
}

export function restartPolicyOf(policy: RawContainer['HostConfig']['RestartPolicy']): RestartPolicy {
  return { name: policy?.Name || 'no', maximumRetryCount: policy?.MaximumRetryCount ?? 0 };
}
