import { EngineError } from '../../../docker/client/engine-error.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { canonical, familiar, type ImageReference } from '../../../domain/reference.ts';
import { sayCut } from '../../../registry/tags.ts';
import type { Deps } from '../../deps.ts';
import { failureOf } from '../../over-hosts.ts';
import { registryAuth } from './target.ts';

/** Asking a registry through an engine takes a moment; one that takes longer is named as the one that did not answer. */
const LOOK_UP_MS = 15_000;

export interface Pinned {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string;
  /** Those the registry has it for; none where it was not asked or did not say. */
  readonly platforms: readonly string[];
}

/**
 * Looks a tag up once, by the first host that can; from then on only its digest counts, since a tag may be moved at any
 * time. Throws a `UserError` when no host can.
 */
export async function pinned(
  { image, hosts }: { readonly image: ImageReference; readonly hosts: readonly string[] },
  deps: Pick<Deps, 'config' | 'hosts' | 'redact' | 'tags'>,
  signal: AbortSignal,
): Promise<Pinned> {
  const repository = canonical({ ...image, tag: undefined, digest: undefined });
  const { tag } = image;
  if (image.digest !== undefined) return { repository, tag, digest: image.digest, platforms: [] };
  const reference = canonical(image);
  const failures: Failure[] = [];
  for (const host of hosts) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_UP_MS)]);
    try {
      const engine = deps.hosts.engine(host);
      const auth = registryAuth(repository, deps.config);
      const found = await engine.inspectDistribution(reference, auth, { signal: limit });
      if (found) return { repository, tag, digest: found.digest, platforms: found.platforms };
      // Podman has no such call.
      const digest = await deps.tags.digest(image, limit);
      if (digest !== undefined) return { repository, tag, digest, platforms: [] };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      failures.push({ host, error: limit.aborted && !signal.aborted ? silentRegistry(error) : error });
      // Another host may reach a registry this one cannot; that the tag does not exist is the same from everywhere.
      if (['tag_not_found', 'repository_not_found', 'auth_or_missing'].includes(error.fault)) break;
    }
  }
  const near = await deps.tags.near(image, signal);
  const [nearest] = near.tags;
  const listed = near.tags.map((one) => `\`${one}\``).join(', ');
  const tags = near.tags.length > 0 ? `Real tags near it: ${listed}.${sayCut(near)}` : undefined;
  // What a registry answered says more than an engine that did not answer at all.
  const last = failures.findLast(({ error }) => error.status !== undefined) ?? failures.at(-1);
  const failure = last && failureOf(last.host, last.error, deps.redact, reference);
  const isEngineAway = last !== undefined && last.error.status === undefined;
  const summary = isEngineAway
    ? `${code(familiar(image))} could not be looked up on ${last.host}: ${failure?.summary}`
    : failure?.summary;
  throw new UserError(
    isEngineAway ? 'unreachable' : 'registry_refused',
    summary ?? `\`${familiar(image)}\` could not be looked up: no host could ask its registry.`,
    tags ?? failure?.tryThis ?? phrase`See ${commandLine('hosts')}.`,
    nearest === undefined || image.tag === undefined ? {} : { instead: { typed: image.tag, meant: nearest } },
  );
}

interface Failure {
  readonly host: string;
  readonly error: EngineError;
}

/** An engine that was waited for in vain has agreed on its version before: what does not answer is the registry it asks. */
const silentRegistry = (cause: EngineError): EngineError =>
  new EngineError('timeout', 'The registry did not answer the engine in time.', SILENT_STATUS, { cause });
const SILENT_STATUS = 504;
