import { abortError, anySignal } from './abort.ts';
import type { CallOptions } from './call-options.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { toEngineError } from './faults.ts';
import { namePath, parseReference } from './ids.ts';
import type { Link } from './link.ts';
import { type ProgressLine, readTransfer, type TransferWords } from './progress-lines.ts';
import { authHeaders } from './registry-auth.ts';
import { guardAgainstStall, transferDeadline } from './stall.ts';
import type { PushResult, TransferProgress } from './types.ts';

type Query = Parameters<Engine['push']>[0];

export interface PushDeadlines {
  readonly transferMs: number;
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
  const whole = transferDeadline(PUSH, limits.transferMs);
  const quiet = guardAgainstStall(PUSH, limits.pushQuietMs);
  const signal = anySignal(until, whole.signal, quiet.signal);
  try {
    const stream = await link.stream({
      method: 'POST',
      path: `/images/${namePath(name)}/push`,
      query: { tag },
      headers: auth === undefined ? ANONYMOUS : authHeaders(auth),
      signal,
      deadlineMs: limits.transferMs,
    });
    return await readPush(stream, tag, { onProgress, onLine: quiet.hear });
  } catch (error) {
    throw signal.aborted ? abortError(signal) : toEngineError(error);
  } finally {
    whole.clear();
    quiet.clear();
  }
}

interface PushListener {
  onProgress(progress: TransferProgress): void;
  onLine(line: ProgressLine): void;
}

async function readPush(
  chunks: AsyncIterable<Buffer>,
  tag: string,
  { onProgress, onLine }: PushListener,
): Promise<PushResult> {
  let digest: string | undefined;
  const layers = await readTransfer(chunks, PUSH, onProgress, (line) => {
    onLine(line);
    const { status, aux } = line;
    const said = (status ?? '').startsWith(`${tag}: digest: `) ? status : aux?.Digest;
    digest = /\b(sha256:[0-9a-f]{64})\b/u.exec(said ?? '')?.[1] ?? digest;
  });
  return { digest, uploaded: [...layers.values()].some(({ status }) => status === 'Pushed') };
}
