import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseJson, readBytes, TooLarge } from '../paced/json.ts';
import type { Repository } from './client.ts';
import { Annotations, Descriptor, DIGEST, MOST_ENTRIES } from './descriptor.ts';
import { EMPTY } from './empty.ts';
import { errorFromAnswer, errorFromFailure, RegistryError } from './errors.ts';
import { IMAGE_TYPES, INDEX_TYPES, MANIFEST_TYPES } from './media-types.ts';

/** A manifest whose digest was computed here, of the bytes that came. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly kind: 'index' | 'image';
  readonly artifactType: string | undefined;
  /** Of an index. */
  readonly manifests: readonly Descriptor[];
  /** Of an image. */
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
  /** What it is attached to: a signature's image. */
  readonly subject: Descriptor | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The specification's limit, which registries keep. */
const MOST_MANIFEST = 4 * 1024 * 1024;

const Body = z.lazy(() =>
  z.object({
    mediaType: z.string().max(255).optional(),
    artifactType: z.string().max(255).optional(),
    manifests: z.array(Descriptor).default([]),
    config: Descriptor.optional(),
    layers: z.array(Descriptor).default([]),
    subject: Descriptor.nullish(),
    annotations: Annotations.nullish(),
  }),
);

/** Reads a manifest by tag or digest. Rejects with a `RegistryError`: also when the bytes are not those of the digest. */
export async function readManifest(
  repository: Repository,
  tagOrDigest: string,
  signal: AbortSignal,
): Promise<Manifest> {
  const { registry } = repository;
  const url = repository.url(`manifests/${tagOrDigest}`);
  const response = await repository.ask({ method: 'GET', url, accept: MANIFEST_TYPES, signal });
  if (!response.ok) throw await errorFromAnswer(registry, response);
  const bytes = await readBytes(response.body ?? EMPTY, MOST_MANIFEST).catch((error) => {
    throw unreadable(registry, error, signal);
  });
  const digest = digestOf(bytes);
  const wanted = [tagOrDigest, response.headers.get('docker-content-digest') ?? ''].filter((one) => DIGEST.test(one));
  if (wanted.some((one) => one !== digest))
    throw new RegistryError(registry, 'invalid_answer', { said: `the manifest is not that of its digest: ${digest}` });
  return { digest, bytes, ...(await parseManifest(registry, bytes, response.headers.get('content-type'))) };
}

/** The digest of a tag, without reading its manifest where the registry says it. Rejects with a `RegistryError`. */
export async function readDigest(repository: Repository, tagOrDigest: string, signal: AbortSignal): Promise<string> {
  const url = repository.url(`manifests/${tagOrDigest}`);
  const response = await repository.ask({ method: 'HEAD', url, accept: MANIFEST_TYPES, signal });
  await response.body?.cancel();
  const digest = response.headers.get('docker-content-digest') ?? '';
  if (response.ok && DIGEST.test(digest)) return digest;
  if (CLEAR.includes(response.status)) throw await errorFromAnswer(repository.registry, response);
  // A HEAD has no words, so why it is refused is asked for; and some registries do not say a digest.
  const manifest = await readManifest(repository, tagOrDigest, signal);
  return manifest.digest;
}

/** Statuses that need no words. A further question would count against a limit. */
const CLEAR: readonly number[] = [401, 404, 429];

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function parseManifest(registry: string, bytes: Buffer, contentType: string | null) {
  const refuse = (said: string, cause?: unknown) => new RegistryError(registry, 'invalid_answer', { said, cause });
  const json = await parseJson(bytes).catch((error) => {
    throw refuse('the manifest is not JSON', error);
  });
  if (!isSmall(json)) throw refuse(`the manifest has more than ${MOST_ENTRIES} entries`);
  const { success, data } = Body.safeParse(json);
  if (!success) throw refuse('the manifest is not one of an image');
  const mediaType = data.mediaType ?? (contentType ?? '').split(';')[0]?.trim() ?? '';
  const kind = INDEX_TYPES.includes(mediaType) ? 'index' : IMAGE_TYPES.includes(mediaType) ? 'image' : undefined;
  if (kind === undefined) throw refuse(`a manifest of the type ${mediaType.slice(0, 100)}, which is not supported`);
  const { artifactType, manifests, config, layers, subject, annotations } = data;
  return {
    mediaType,
    kind,
    artifactType,
    manifests: kind === 'index' ? manifests : [],
    config: kind === 'image' ? config : undefined,
    layers: kind === 'image' ? layers : [],
    subject: subject ?? undefined,
    annotations: annotations ?? {},
  } as const;
}

/** Whether it may be validated at once. */
function isSmall(json: unknown): boolean {
  const { manifests, layers, annotations } = (json ?? {}) as Record<string, unknown>;
  const count = (one: unknown) => (typeof one === 'object' && one !== null ? Object.keys(one).length : 0);
  const lists = [manifests, layers].flatMap((list) => (Array.isArray(list) ? list.slice(0, MOST_ENTRIES) : []));
  const nested = lists.reduce(
    (sum: number, one) => sum + count((one as Record<string, unknown> | null)?.['annotations']),
    0,
  );
  return [count(manifests), count(layers), count(annotations), nested / 10].every((number) => number <= MOST_ENTRIES);
}

/** A body that could not be read to its end. */
function unreadable(registry: string, error: unknown, signal: AbortSignal): unknown {
  const isTooLarge = error instanceof TooLarge;
  return isTooLarge
    ? new RegistryError(registry, 'invalid_answer', { said: 'a manifest of more than 4 MB', cause: error })
    : errorFromFailure(registry, error, signal);
}
