import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AuditWriter } from '../audit-writer.ts';
import { DatabaseFault, type Reasons } from '../fault.ts';
import type { RecordKeys } from '../signer.ts';
import { WRITE_LOCK_MS } from './waits.ts';

export interface ThreadData {
  readonly path: string;
  readonly keys: RecordKeys;
}

export type ToThread = { readonly id: number; readonly entries: string } | 'close';
export type FromThread =
  | { readonly kind: 'ready' | 'closed' }
  | { readonly kind: 'written'; readonly id: number; readonly first: number }
  | { readonly kind: 'failed'; readonly id: number; readonly why: string; readonly fault?: Reasons };

/** The thread of `audit-thread.ts`, which has a connection of its own to the database at `path`. */
export function createAuditThread(path: string, keys: RecordKeys): AuditWriter {
  const writing = new Map<number, PromiseWithResolvers<number>>();
  const closed = Promise.withResolvers<void>();
  let thread: Worker | undefined;
  let isReady = false;
  let id = 0;
  const hear = (said: FromThread) => {
    if (said.kind === 'ready') isReady = true;
    if (said.kind === 'closed') closed.resolve();
    if (said.kind !== 'written' && said.kind !== 'failed') return;
    const waits = writing.get(said.id);
    writing.delete(said.id);
    if (writing.size === 0) thread?.unref();
    if (said.kind === 'written') waits?.resolve(said.first);
    else waits?.reject(said.fault ? new DatabaseFault(path, said.fault) : new Error(said.why));
  };
  const fail = (error: unknown) => {
    isReady = false;
    closed.resolve();
    for (const { reject } of writing.values()) reject(error);
    writing.clear();
  };
  const start = () => {
    const data: ThreadData = { path, keys };
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
    write(entries) {
      const own = Promise.withResolvers<number>();
      id += 1;
      writing.set(id, own);
      thread?.ref();
      const batch: ToThread = { id, entries: JSON.stringify(entries) };
      thread?.postMessage(batch);
      return own.promise;
    },
    async close() {
      isReady = false;
      if (!thread) return;
      thread.ref();
      const last: ToThread = 'close';
      thread.postMessage(last);
      const late = setTimeout(closed.resolve, WRITE_LOCK_MS);
      await closed.promise;
      clearTimeout(late);
      thread.unref();
    },
  };
}
