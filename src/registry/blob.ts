import { createHash } from 'node:crypto';
import { readBytes, TooLarge } from '../paced/json.ts';
import type { Repository } from './client.ts';
import { DIGEST } from './descriptor.ts';
import { EMPTY } from './empty.ts';
import { errorFromAnswer, errorFromFailure, RegistryError } from './errors.ts';

export interface Blob {
  /** Bytes; undefined where the registry does not say. */
  readonly size: number | undefined;
  /** Throws a `RegistryError` at its end when the bytes are not those of the digest. Has to be read or left (`break`). */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Opens a blob as a stream, wherever the registry keeps it. Rejects with a `RegistryError`. */
export async function openBlob(repository: Repository, digest: string, signal: AbortSignal): Promise<Blob> {
  const { registry } = repository;
  const isKnown = DIGEST.test(digest);
  if (!isKnown) throw new RegistryError(registry, 'unsupported', { said: 'a digest other than sha256' });
  const url = repository.url(`blobs/${digest}`);
  const response = await repository.ask({ method: 'GET', url, follow: true, signal });
  if (!response.ok) throw await errorFromAnswer(registry, response);
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const body = checked(response.body ?? EMPTY, { registry, digest, signal });
  return { size: Number.isSafeInteger(length) ? length : undefined, body };
}

/** Reads a blob of at most `most` bytes. Rejects with a `RegistryError`. */
export async function readBlob(
  repository: Repository,
  digest: string,
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
): Promise<Buffer> {
  const { body } = await openBlob(repository, digest, signal);
  return readBytes(body, most).catch((error) => {
    if (!(error instanceof TooLarge)) throw error;
    throw new RegistryError(repository.registry, 'invalid_answer', {
      said: `a blob of ${error.message}`,
      cause: error,
    });
  });
}

interface Expected {
  readonly registry: string;
  readonly digest: string;
  readonly signal: AbortSignal;
}

async function* checked(chunks: AsyncIterable<Uint8Array>, { registry, digest, signal }: Expected) {
  const hash = createHash('sha256');
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw errorFromFailure(registry, error, signal);
  }
  if (`sha256:${hash.digest('hex')}` !== digest)
    throw new RegistryError(registry, 'invalid_answer', { said: 'the content is not that of its digest' });
}
