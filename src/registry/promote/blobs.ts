import { openBlob } from '../blob.ts';
import type { Descriptor } from '../descriptor.ts';
import { RegistryError } from '../errors.ts';
import type { Between } from './between.ts';
import type { Count } from './count.ts';
import { mustAnswer } from './must-answer.ts';

/** Bytes that may pass through Fairlead in one promotion, where a registry mounts nothing: 2 GiB. */
export const MOST_COPIED = 2 * 1024 ** 3;
/** Blobs that are brought at once. */
const AT_ONCE = 2;

/**
 * Brings blobs into another repository of the registry: there already, else mounted, else copied through Fairlead. Rejects
 * with a `RegistryError`; the blobs that came by then stay, unused until a manifest names them.
 */
export async function bringBlobs(blobs: readonly Descriptor[], between: Between, count: Count): Promise<void> {
  const unique = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const left = unique[Symbol.iterator]();
  const stop = new AbortController();
  const own = { ...between, signal: AbortSignal.any([between.signal, stop.signal]) };
  const work = async () => {
    for (const blob of left) await bringBlob(blob, own, count);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, unique.length) }, work));
  } finally {
    // The others end with the first that fails.
    stop.abort();
  }
}

async function bringBlob(blob: Descriptor, between: Between, count: Count): Promise<void> {
  const { from, to, signal } = between;
  const head = await mustAnswer(to, { method: 'HEAD', url: to.url(`blobs/${blob.digest}`), signal }, [200, 404]);
  if (head.status === 200) {
    count.present += 1;
    return;
  }
  const url = to.url('blobs/uploads/');
  url.searchParams.set('mount', blob.digest);
  url.searchParams.set('from', from.path);
  const answer = await mustAnswer(to, { method: 'POST', url, signal }, [201, 202]);
  if (answer.status === 201) {
    count.mounted += 1;
    return;
  }
  // The mount was not taken, and an upload has begun instead.
  await copyBlob(blob, placeOf(to.registry, answer.headers.get('location'), url), between, count);
}

async function copyBlob(blob: Descriptor, place: URL, { from, to, signal }: Between, count: Count): Promise<void> {
  const { registry } = to;
  count.copiedBytes += blob.size;
  if (count.copiedBytes > MOST_COPIED) {
    await mustAnswer(to, { method: 'DELETE', url: place, signal }, [204]).catch(() => undefined);
    throw new RegistryError(registry, 'unsupported', {
      said: 'it mounts no layers between its repositories, and they are more than 2 GiB to copy',
    });
  }
  const { body } = await openBlob(from, blob.digest, signal);
  place.searchParams.set('digest', blob.digest);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) };
  const source = exactly(body, blob.size, registry);
  await mustAnswer(to, { method: 'PUT', url: place, headers, body: source.bytes, signal }, [201]).catch((error) => {
    // What broke the source broke the upload as well.
    throw source.failure() ?? error;
  });
  count.copied += 1;
}

/** A registry may name another place, but the account and the layer go to no other host. */
function placeOf(registry: string, location: string | null, base: URL): URL {
  const place = location === null ? null : URL.parse(location, base.href);
  if (place !== null && place.origin === base.origin) return place;
  throw new RegistryError(registry, 'invalid_answer', {
    said: `an upload begins at ${place?.origin ?? 'no address'}, which is not the registry`,
  });
}

/** The same bytes; they fail as soon as they are more than promised, and at the end where they are fewer. */
function exactly(body: AsyncIterable<Uint8Array>, size: number, registry: string) {
  let failed: unknown;
  const said = 'a layer has not the size that its manifest says';
  async function* read(): AsyncGenerator<Uint8Array> {
    let seen = 0;
    try {
      for await (const chunk of body) {
        seen += chunk.length;
        if (seen > size) break;
        yield chunk;
      }
      if (seen !== size) throw new RegistryError(registry, 'invalid_answer', { said });
    } catch (error) {
      failed = error;
      throw error;
    }
  }
  return { bytes: read(), failure: () => failed };
}
