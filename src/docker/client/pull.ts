import { OneImage } from '../shapes/images.ts';
import { abortError, anySignal } from './abort.ts';
import type { CallOptions } from './call-options.ts';
import type { Call } from './dial.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { toEngineError } from './faults.ts';
import { parseReference, type Reference, referencePath } from './ids.ts';
import type { Link } from './link.ts';
import { platformQuery } from './platform-query.ts';
import { PULL, readProgress } from './progress.ts';
import { authHeaders } from './registry-auth.ts';
import { guardAgainstStall, transferDeadline } from './stall.ts';
import type { ImageDetail, PullResult, TransferProgress } from './types.ts';

type Query = Parameters<Engine['pull']>[0];

export interface PullDeadlines {
  readonly transferMs: number;
  /** Longest time without progress worth the name (`stall.ts`), in milliseconds. */
  readonly pullQuietMs: number;
  readonly listMs: number;
}

export async function pullImage(
  link: Link,
  { reference, platform, auth }: Query,
  limits: PullDeadlines,
  { onProgress, signal: until }: CallOptions & { readonly onProgress: (progress: TransferProgress) => void },
): Promise<PullResult> {
  const wanted = parseReference(reference);
  const whole = transferDeadline(PULL, limits.transferMs);
  const quiet = guardAgainstStall(PULL, limits.pullQuietMs);
  const signal = anySignal(until, whole.signal, quiet.signal);
  try {
    const stream = await link.stream({
      method: 'POST',
      path: '/images/create',
      query: { fromImage: wanted.name, tag: wanted.digest ?? wanted.tag, platform },
      headers: authHeaders(auth),
      signal,
      deadlineMs: limits.transferMs,
    });
    const said = await readProgress(stream, onProgress, quiet.hear);
    const image = await inspect(link, wanted, platform, { signal, deadlineMs: limits.listMs });
    return resultOf(image, wanted, platform, said);
  } catch (error) {
    // The caller's abort comes first: every other error follows from it.
    throw signal.aborted ? abortError(signal) : toEngineError(error);
  } finally {
    whole.clear();
    quiet.clear();
  }
}

function inspect(
  link: Link,
  wanted: Reference,
  platform: string | undefined,
  until: Pick<Call, 'signal' | 'deadlineMs'>,
): Promise<ImageDetail> {
  const call: Call = { method: 'GET', path: `/images/${referencePath(wanted)}/json`, ...until };
  const query = platformQuery(platform, link.minor());
  if (query.platform === undefined) return link.json(OneImage, call);
  return link.json(OneImage, { ...call, query }).catch((error: unknown) => {
    const fault = toEngineError(error);
    throw fault.fault === 'not_found' ? new EngineError('platform', fault.engineSaid, fault.status, fault) : fault;
  });
}

function resultOf(
  image: ImageDetail,
  { name, digest }: Reference,
  platform: string | undefined,
  said: { readonly downloaded: boolean; readonly digest: string | undefined },
): PullResult {
  const [os, arch] = platform?.split('/') ?? [];
  // Engines before 23 pull a single-platform image whatever platform was requested, without an error.
  if ((os !== undefined && os !== image.os) || (arch !== undefined && arch !== image.arch))
    throw new EngineError('platform', `The image is ${image.os}/${image.arch}, not ${platform}.`);
  const short = name.replace(/^docker\.io\/(?:library\/)?/u, '');
  const known = image.digests.find((item) => item.startsWith(`${short}@`) || item.startsWith(`${name}@`));
  return {
    digest: said.digest ?? digest ?? known?.slice(known.indexOf('@') + 1),
    imageId: image.id,
    bytes: image.bytes,
    os: image.os,
    arch: image.arch,
    downloaded: said.downloaded,
  };
}
