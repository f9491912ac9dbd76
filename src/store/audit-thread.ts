import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../domain/errors.ts';
import { insertAll } from './audit.ts';
import type { AuditEntry } from './audit-records.ts';
import type { FromThread, ThreadData, ToThread } from './audit-writer.ts';
import { DatabaseFault } from './fault.ts';
import { createSigner } from './signer.ts';
import { openSql, type Sql } from './sql.ts';

// The thread of `audit-writer.ts`, with a connection of its own to the same database.

/** So many records later the write-ahead log is copied back into the database, in the first moment without any. */
const COPY_AFTER = 1500;
const QUIET_MS = 10;

const { url, keys, closed } = workerData as ThreadData;

function serve(sql: Sql, signer = createSigner(keys)): void {
  const underWay = new Set<Promise<void>>();
  let records = 0;
  let copying: NodeJS.Timeout | undefined;
  const copy = () => {
    records = 0;
    sql.copyBack();
  };
  const write = async (id: number, entries: readonly AuditEntry[]) => {
    const batch = entries.map((entry) => ({ entry }));
    try {
      tell({ kind: 'written', id, first: await sql.tryTxThenSync(() => insertAll(sql, signer, batch)) });
    } catch (error) {
      tell({
        kind: 'failed',
        id,
        why: messageOf(error),
        ...(error instanceof DatabaseFault ? { fault: { why: error.why, hint: error.hint } } : {}),
      });
    }
    records += entries.length;
    if (records < COPY_AFTER) return;
    clearTimeout(copying);
    copying = setTimeout(copy, QUIET_MS);
  };
  const close = async () => {
    await Promise.all(underWay);
    clearTimeout(copying);
    parentPort?.close();
    try {
      sql.close();
    } finally {
      sayClosed();
    }
  };
  parentPort?.on('message', (said: ToThread) => {
    if (said === 'close') return void close();
    const work = write(said.id, JSON.parse(said.entries)).finally(() => underWay.delete(work));
    underWay.add(work);
  });
}

function tell(said: FromThread): void {
  parentPort?.postMessage(said);
}

function sayClosed(): void {
  Atomics.store(closed, 0, 1);
  Atomics.notify(closed, 0);
}

try {
  serve(openSql(url));
  tell({ kind: 'ready' });
} catch (error) {
  sayClosed();
  throw error;
}
