import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AuditEntry } from './audit-records.ts';
import { DatabaseFault, type Reasons } from './fault.ts';
import { pathOf } from './location.ts';
import { WRITE_LOCK_MS } from './open.ts';
import type { RecordKeys } from './signer.ts';

/** Appends many entries at once in a thread of its own: hashes, MACs, SQL and copies of the log keep no event loop. */
export interface AuditWriter {
  /** Whether `write` may be called. Starts the thread when there is none. */
  isReady(): boolean;
  /** Whether something is under way. */
  isWriting(): boolean;
  /**
   * Resolves to the number of the first record once all are on disk; to undefined, with nothing written, when another
   * process holds the write lock.
   */
  write(entries: readonly AuditEntry[]): Promise<number | undefined>;
  /** Blocks until what is under way is on disk, or has failed, and the thread has closed the database. */
  close(): void;
}

export interface ThreadData {
  readonly url: string;
  readonly keys: RecordKeys;
  /** Becomes 1 when the thread has closed the database, for a caller that cannot wait for a message. */
  readonly closed: Int32Array<SharedArrayBuffer>;
}

export type ToThread = { readonly id: number; readonly entries: string } | 'close';
export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'written'; readonly id: number; readonly first: number | undefined }
  | { readonly kind: 'failed'; readonly id: number; readonly why: string; readonly fault?: Reasons };

export function createAuditWriter(url: string, keys: RecordKeys): AuditWriter {
  const closed = new Int32Array(new SharedArrayBuffer(4));
  const writing = new Map<number, PromiseWithResolvers<number | undefined>>();
  let thread: Worker | undefined;
  let isReady = false;
  let id = 0;
  const hear = (said: FromThread) => {
    if (said.kind === 'ready') {
      isReady = true;
      return;
    }
    const waits = writing.get(said.id);
    writing.delete(said.id);
    if (writing.size === 0) thread?.unref();
    if (said.kind === 'written') waits?.resolve(said.first);
    else waits?.reject(said.fault ? new DatabaseFault(pathOf(url), said.fault) : new Error(said.why));
  };
  const fail = (error: unknown) => {
    isReady = false;
    Atomics.store(closed, 0, 1);
    for (const { reject } of writing.values()) reject(error);
    writing.clear();
  };
  const start = () => {
    const data: ThreadData = { url, keys, closed };
    // Beside this file, as source and as shipped. Flags of the process, as `--eval`, are not meant for it.
    const file = new URL(`./audit-thread${extname(import.meta.url)}`, import.meta.url);
    const started = new Worker(file, { workerData: data, execArgv: [] });
    started.unref();
    return started
      .on('message', hear)
      .on('error', fail)
      .on('exit', () => fail(new Error('its thread ended')));
  };
  return {
    isReady() {
      thread ??= start();
      return isReady;
    },
    isWriting: () => writing.size > 0,
    write(entries) {
      const own = Promise.withResolvers<number | undefined>();
      id += 1;
      writing.set(id, own);
      thread?.ref();
      const batch: ToThread = { id, entries: JSON.stringify(entries) };
      thread?.postMessage(batch);
      return own.promise;
    },
    close() {
      isReady = false;
      const last: ToThread = 'close';
      thread?.postMessage(last);
      if (thread) Atomics.wait(closed, 0, 0, WRITE_LOCK_MS);
    },
  };
}
