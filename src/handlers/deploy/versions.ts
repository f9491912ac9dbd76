import type { RollbackArgs } from '../../commands/deploy.ts';
import { type ImageReference, parseReference } from '../../commands/reference.ts';
import { LABELS, liveOf } from '../../docker/rollout/names.ts';
import { ownLabels } from '../../docker/rollout/own-labels.ts';
import { code, UserError } from '../../errors.ts';
import { serviceName } from '../../policy/services.ts';
import type { Version } from '../../store/versions.ts';
import { settle } from '../over-hosts.ts';
import type { Deps, Request } from '../types.ts';
import { liveName } from './target.ts';

/** The versions a service can go back to: those that passed their gate, newest first. */
export interface VersionsResult {
  readonly kind: 'versions';
  readonly service: string;
  /** The hosts that were asked for, when not all. */
  readonly on: string | undefined;
  readonly versions: readonly {
    readonly digest: string;
    readonly tag: string | undefined;
    /** Unix milliseconds at which it was verified last. */
    readonly at: number;
    readonly by: string;
    readonly hosts: readonly string[];
    /** Hosts it runs on now. */
    readonly running: readonly string[];
    /** Hosts whose engine no longer has the image. */
    readonly gone: readonly string[];
  }[];
}

export async function rollbackList(
  request: Request<RollbackArgs>,
  deps: Deps,
  signal: AbortSignal,
): Promise<VersionsResult> {
  const service = serviceName(request.args.service, deps.config);
  const records = (await deps.store.versions.of({ service, limit: 200 })).filter(
    ({ host, integrity }) => request.hosts.includes(host) && integrity === 'signed',
  );
  const byDigest = Map.groupBy(records, ({ digest }) => digest);
  const facts = await factsOf(service, request.hosts, deps, signal);
  const versions = [...byDigest].map(([digest, known]) => {
    const newest = known.reduce((a, b) => (a.at >= b.at ? a : b));
    const hosts = [...new Set(known.map(({ host }) => host))];
    return {
      digest,
      tag: newest.tag,
      at: newest.at,
      by: newest.by,
      hosts,
      running: hosts.filter((host) => facts.get(host)?.running === digest),
      gone: hosts.filter((host) => facts.get(host)?.digests.has(digest) === false),
    };
  });
  return {
    kind: 'versions',
    service,
    on: /--on(?: |=)(\S+)/u.exec(request.line)?.[1],
    versions: versions.toSorted((a, b) => b.at - a.at),
  };
}

interface Facts {
  readonly running: string | undefined;
  readonly digests: ReadonlySet<string>;
}

// A host that does not answer only leaves its facts out: the list is for choosing, the plan looks again.
async function factsOf(service: string, hosts: readonly string[], deps: Deps, signal: AbortSignal) {
  const known = deps.config.services.get(service);
  const live = known ? liveName(known) : service;
  const outcomes = await deps.hosts.each(
    hosts,
    async (engine): Promise<Facts> => {
      const [containers, images] = await Promise.all([
        engine.listContainers({ all: true }, { signal }),
        engine.listImages({}, { signal }),
      ]);
      const running = liveOf(containers, live);
      const digests = new Set(images.flatMap((image) => image.digests.map(digestOf)));
      const labels = running && (await ownLabels(engine, running, signal));
      return { running: digestOf(labels?.[LABELS.image] ?? ''), digests };
    },
    { signal, deadlineMs: 5000 },
  );
  return new Map(settle(outcomes, deps.redact).values.map(({ host, value }) => [host, value]));
}

const digestOf = (name: string) => name.slice(name.indexOf('@') + 1);

/** Fewer would be a tag that somebody mistyped. */
const SHORT_DIGEST = /^(?:sha256:)?([0-9a-f]{7,64})$/u;

/** Those that a tag or a digest names, or else, by its first seven digits or more, the beginning of a digest. */
function called(typed: string, records: readonly Version[]): readonly Version[] {
  const exact = records.filter(({ tag, digest }) => tag === typed || digest === typed);
  const beginning = SHORT_DIGEST.exec(typed)?.[1];
  if (exact.length > 0 || beginning === undefined) return exact;
  return records.filter(({ digest }) => digest.startsWith(`sha256:${beginning}`));
}

/** The verified version a person means by a tag or a digest. */
export async function versionNamed(
  service: string,
  typed: string,
  hosts: readonly string[],
  deps: Deps,
): Promise<ImageReference> {
  const records = (await deps.store.versions.of({ service, limit: 200 })).filter(({ host }) => hosts.includes(host));
  const found = called(
    typed,
    records.filter(({ integrity }) => integrity === 'signed'),
  );
  const [old] = found.length > 0 ? [] : called(typed, records);
  if (old)
    throw new UserError(
      'untrusted_record',
      `That ${code(typed)} was healthy here was recorded before Fairlead signed its records, so it is no proof.`,
      `\`/dock deploy ${service} ${old.digest}\` deploys the same image.`,
    );
  const digests = new Set(found.map(({ digest }) => digest));
  const [version] = found;
  if (!version)
    throw new UserError(
      'not_found',
      `${code(typed)} was never verified healthy as ${code(service)} here, so it is nothing to go back to.`,
      `\`/dock rollback ${service}\` lists what is; \`/dock deploy ${service} ${typed}\` deploys it as something new.`,
    );
  if (digests.size > 1)
    throw new UserError(
      'ambiguous',
      version.tag === typed
        ? `${code(typed)} stood for ${digests.size} images in its time.`
        : `${code(typed)} is the beginning of ${digests.size} digests.`,
      `Choose one by its digest: \`/dock rollback ${service}\` lists them.`,
    );
  return { ...parseReference(version.repository), tag: version.tag, digest: version.digest };
}
