import type { RollbackArgs } from '../../../commands/deploy/rollback.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import type { Image } from '../../../docker/client/types.ts';
import { LABELS, liveContainer } from '../../../docker/rollout/names.ts';
import { ownLabels } from '../../../docker/rollout/own-labels.ts';
import { findService } from '../../../docker/swarm/plan.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, joinPhrases, type Phrase, phrase } from '../../../domain/phrase.ts';
import { type ImageReference, parseReference } from '../../../domain/reference.ts';
import { isAllowed } from '../../../policy/images.ts';
import { serviceName } from '../../../policy/services.ts';
import type { Version } from '../../../store/versions.ts';
import { named } from '../../../text/names.ts';
import { nobodyCanApprove, toApprove } from '../../approval/nobody.ts';
import type { NobodyCan } from '../../approval/nobody-can.ts';
import type { Deps } from '../../deps.ts';
import { settle } from '../../over-hosts.ts';
import type { Request } from '../../request.ts';
import { type FormerVersion, underFormerName } from './former-names.ts';
import { inRegistry } from './restorable.ts';
import { liveName } from './target.ts';

/** The versions a service can be rolled back to, newest first: those that passed their gate or served before. */
export interface VersionsResult {
  readonly kind: 'versions';
  readonly service: string;
  /** Hosts of the request. */
  readonly on: readonly string[];
  /** Whether somebody named them; without, they are those of the service. */
  readonly hostsNamed: boolean;
  /** Warning that nobody could approve a rollback on all of them; undefined where a group is unknown. */
  readonly nobody: NobodyCan | undefined;
  readonly versions: readonly {
    readonly digest: string;
    readonly tag: string | undefined;
    /** When it was last seen healthy, in Unix milliseconds. */
    readonly at: number;
    /** Who deployed it; undefined for a version that Fairlead found running. */
    readonly by: string | undefined;
    readonly hosts: readonly string[];
    /** Hosts that run the version now. */
    readonly running: readonly string[];
    /** Hosts whose engine no longer has the image. */
    readonly gone: readonly string[];
    /** The registry no longer has the image either. */
    readonly lost: boolean;
    /** Whether the config still permits its image: a rollback to another is refused. */
    readonly isAllowed: boolean;
  }[];
  /** Versions that are on record for a name the service had before. */
  readonly former: readonly FormerVersion[];
  /** Hosts that did not say whether they have the container too, where nobody named one. */
  readonly unseen?: readonly string[];
}

/** Versions shown; registries are only asked for these. */
const MOST_ASKED = 8;

export async function rollbackList(
  request: Request<RollbackArgs>,
  deps: Pick<Deps, 'config' | 'hosts' | 'kinds' | 'people' | 'redact' | 'specs' | 'store' | 'tags'>,
  signal: AbortSignal,
): Promise<VersionsResult> {
  const service = serviceName(request.args.service, deps.config);
  const records = (await deps.store.versions.of({ service })).filter(
    ({ host, integrity }) => request.hosts.includes(host) && integrity === 'signed',
  );
  const byDigest = Map.groupBy(records, ({ digest }) => digest);
  const facts = await factsOf(service, request.hosts, deps, signal);
  const versions = [...byDigest].map(([digest, known]) => {
    const newest = known.reduce((a, b) => (a.at >= b.at ? a : b));
    const deployed = known.find(({ verdict }) => verdict === 'deployed');
    const hosts = [...new Set(known.map(({ host }) => host))];
    return {
      digest,
      repository: newest.repository,
      tag: newest.tag,
      at: newest.at,
      by: deployed?.by,
      hosts,
      running: hosts.filter((host) => facts.get(host)?.running.has(digest)),
      gone: hosts.filter((host) => facts.get(host)?.digests?.has(digest) === false),
      isAllowed: isAllowed(parseReference(newest.repository), deps.config),
    };
  });
  const newestFirst = versions.toSorted((a, b) => b.at - a.at);
  const withLost = newestFirst.map(async ({ repository, ...version }, index) => {
    const [host] = version.gone;
    const asks = host !== undefined && index < MOST_ASKED;
    const lost = asks && (await inRegistry({ repository, digest: version.digest }, host, deps, signal)) === false;
    return { ...version, lost };
  });
  const what = `your rollback of ${service} on ${named(request.hosts, 300)}`;
  const nobody = await nobodyCanApprove(what, toApprove('rollback', service, request.hosts), request, deps);
  return {
    kind: 'versions',
    service,
    on: request.hosts,
    hostsNamed: request.hostsNamed,
    nobody,
    versions: await Promise.all(withLost),
    former: (await underFormerName(service, request.hosts, deps)).filter(({ digest }) => !byDigest.has(digest)),
  };
}

interface Facts {
  /** Digests of the running image. */
  readonly running: ReadonlySet<string>;
  /** Digests of all images of the host; undefined for Swarm, whose other nodes may have others. */
  readonly digests: ReadonlySet<string> | undefined;
}

// A host that does not respond only lacks facts in the list; planning checks it again.
async function factsOf(
  service: string,
  hosts: readonly string[],
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
) {
  const known = deps.config.services.get(service);
  const look = (engine: Engine) =>
    known?.kind === 'swarm'
      ? swarmFacts(engine, known.swarm, signal)
      : containerFacts(engine, known ? liveName(known) : service, signal);
  const outcomes = await deps.hosts.each(hosts, look, { signal, deadlineMs: 5000 });
  return new Map(settle(outcomes, deps.redact).values.map(({ host, value }) => [host, value]));
}

async function containerFacts(engine: Engine, live: string, signal: AbortSignal): Promise<Facts> {
  const [containers, images] = await Promise.all([
    engine.listContainers({ all: true }, { signal }),
    engine.listImages({}, { signal }),
  ]);
  const found = liveContainer(containers, live);
  const labels = found && (await ownLabels(engine, found, signal));
  const made = labels?.[LABELS.image];
  const image = images.find(({ id }) => id === found?.imageId);
  return {
    running: new Set(found?.state === 'running' ? [...(made ? [digestOf(made)] : []), ...digestsOf(image)] : []),
    digests: new Set(images.flatMap(digestsOf)),
  };
}

async function swarmFacts(engine: Engine, name: string, signal: AbortSignal): Promise<Facts> {
  const service = await findService(engine, name, signal);
  const image = service?.spec.TaskTemplate.ContainerSpec?.Image ?? '';
  return { running: new Set([digestOf(image)]), digests: undefined };
}

const digestOf = (name: string) => name.slice(name.indexOf('@') + 1);

/** Digests of an image. With containerd's store its id is one too, and the only one once its last name is removed. */
const digestsOf = (image: Image | undefined) => (image ? [image.id, ...image.digests.map(digestOf)] : []);

interface On {
  readonly hosts: readonly string[];
  readonly signal: AbortSignal;
}

/** Digits of a digest prefix; fewer are taken for a mistyped tag. */
const SHORT_DIGEST = /^(?:sha256:)?([0-9a-f]{7,64})$/u;

/** Versions with this tag, digest, or digest prefix of seven digits or more. */
function called<Known extends Pick<Version, 'digest' | 'tag'>>(
  typed: string,
  records: readonly Known[],
): readonly Known[] {
  const exact = records.filter(({ tag, digest }) => tag === typed || digest === typed);
  const beginning = SHORT_DIGEST.exec(typed)?.[1];
  if (exact.length > 0 || beginning === undefined) return exact;
  return records.filter(({ digest }) => digest.startsWith(`sha256:${beginning}`));
}

/**
 * What else can be done with a version that is not on record. A registry that does not answer promises nothing. Throws a
 * `UserError` where every host runs that version already.
 */
async function instead(
  service: string,
  typed: string,
  { hosts, signal }: On,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact' | 'tags'>,
): Promise<Phrase[]> {
  const known = deps.config.services.get(service);
  if (!known) return [];
  const asTag = { ...parseReference(known.image), tag: typed };
  const digest = await deps.tags.digest(asTag, signal);
  const facts = digest === undefined ? undefined : await factsOf(service, hosts, deps, signal);
  if (digest !== undefined && hosts.every((host) => facts?.get(host)?.running.has(digest)))
    throw new UserError('unchanged', `${service} already runs ${code(typed)} on ${named(hosts, 300)}. Nothing to do.`);
  return [
    digest !== undefined
      ? phrase`${commandLine(`deploy ${service} ${typed}`)} deploys it as a new version.`
      : phrase`${commandLine(`tags ${service}`)} lists the versions that can be deployed.`,
  ];
}

/** The error for a version that is on record for a name the service had before; undefined where it is not. */
async function formerlyCalled(
  service: string,
  typed: string,
  { hosts }: On,
  deps: Pick<Deps, 'config' | 'store'>,
): Promise<UserError | undefined> {
  const [former] = called(typed, await underFormerName(service, hosts, deps));
  if (!former) return undefined;
  return new UserError(
    'not_found',
    `Can't roll ${code(service)} back to ${code(typed)}: it was healthy there as ${code(former.service)}, which is no service of the config now.`,
    phrase`${commandLine(`deploy ${service} ${former.digest}`)} deploys the same image; ${commandLine(`history ${former.service}`)} shows what it was.`,
    { choices: [{ label: `Deploy ${typed}`, line: `deploy ${service} ${former.digest}` }] },
  );
}

/** The verified version of a typed tag or digest. */
export async function versionNamed(
  service: string,
  typed: string,
  on: On,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact' | 'store' | 'tags'>,
): Promise<ImageReference> {
  const records = (await deps.store.versions.of({ service })).filter(({ host }) => on.hosts.includes(host));
  const found = called(
    typed,
    records.filter(({ integrity }) => integrity === 'signed'),
  );
  const [old] = found.length > 0 ? [] : called(typed, records);
  if (old)
    throw new UserError(
      'untrusted_record',
      `That ${code(typed)} was healthy here was recorded before Fairlead signed its records, so it is no proof.`,
      phrase`${commandLine(`deploy ${service} ${old.digest}`)} deploys the same image.`,
    );
  const digests = new Set(found.map(({ digest }) => digest));
  const [version] = found;
  const former = version ? undefined : await formerlyCalled(service, typed, on, deps);
  if (former) throw former;
  if (!version)
    throw new UserError(
      'not_found',
      `Can't roll ${code(service)} back to ${code(typed)}: it is not on record as healthy there.`,
      joinPhrases(
        [
          ...(records.length > 0 ? [phrase`${commandLine(`rollback ${service}`)} lists the versions that are.`] : []),
          ...(await instead(service, typed, on, deps)),
        ],
        ' ',
      ),
    );
  if (digests.size > 1)
    throw new UserError(
      'ambiguous',
      version.tag === typed
        ? `${code(typed)} stood for ${digests.size} images in its time.`
        : `${code(typed)} is the beginning of ${digests.size} digests.`,
      phrase`Choose one by its digest: ${commandLine(`rollback ${service}`)} lists them.`,
    );
  return { ...parseReference(version.repository), tag: version.tag, digest: version.digest };
}
