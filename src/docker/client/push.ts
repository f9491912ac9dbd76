import { abortError, anySignal, deadline } from './abort.ts';
import type { CallOptions } from './call-options.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { toEngineError } from './faults.ts';
import { namePath, parseReference } from './ids.ts';
import type { Link } from './link.ts';
import { readTransfer, type TransferWords } from './progress-lines.ts';
import { restartOnChunk } from './pull.ts';
import { authHeaders } from './registry-auth.ts';
import type { PushResult, TransferProgress } from './types.ts';

type Query = Parameters<Engine['push']>[0];

export interface PushDeadlines {
  readonly pushMs: number;
  /** Longest time without progress, in milliseconds: a registry may take minutes to store a large layer. */
  readonly pushQuietMs: number;
}

const DONE = /^(?:Pushed|Layer already exists|Mounted from )/u;
const PUSH: TransferWords = {
  noun: 'push',
  moving: 'Pushing',
  order: ['Preparing', 'Waiting', 'Pushing'],
  isDone: (status) => DONE.test(status),
};
/** Engines refuse a push without this header, also to a registry that needs no account. */
const ANONYMOUS = { 'X-Registry-Auth': Buffer.from('{}').toString('base64') };

export async function pushImage(
  link: Link,
  { reference, auth }: Query,
  limits: PushDeadlines,
  { onProgress, signal: until }: CallOptions & { readonly onProgress: (progress: TransferProgress) => void },
): Promise<PushResult> {
  const { name, tag } = parseReference(reference);
  if (tag === undefined) throw new EngineError('bad_reference', 'A push takes a tag.');
  const whole = deadline(limits.pushMs, `The push timed out after ${limits.pushMs / 60_000} min.`, 'stalled');
  const quiet = deadline(
    limits.pushQuietMs,
    `The push made no progress for ${limits.pushQuietMs / 1000} s.`,
    'stalled',
  );
  const signal = anySignal(until, whole.signal, quiet.signal);
  try {
    const stream = await link.stream({
      method: 'POST',
      path: `/images/${namePath(name)}/push`,
      query: { tag },
      headers: auth === undefined ? ANONYMOUS : authHeaders(auth),
      signal,
      deadlineMs: limits.pushMs,
    });
    return await readPush(restartOnChunk(stream, quiet), tag, onProgress);
  } catch (error) {
    throw signal.aborted ? abortError(signal) : toEngineError(error);
  } finally {
    whole.clear();
    quiet.clear();
  }
}

async function readPush(
  chunks: AsyncIterable<Buffer>,
  tag: string,
  onProgress: (progress: TransferProgress) => void,
): Promise<PushResult> {
  let digest: string | undefined;
  const layers = await readTransfer(chunks, PUSH, onProgress, ({ status, aux }) => {
    const said = (status ?? '').startsWith(`${tag}: digest: `) ? status : aux?.Digest;
    digest = /\b(sha256:[0-9a-f]{64})\b/u.exec(said ?? '')?.[1] ?? digest;
  });
  return { digest, uploaded: [...layers.values()].some(({ status }) => status === 'Pushed') };
}
