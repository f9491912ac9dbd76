import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../domain/errors.ts';
import { insertAll } from '../audit.ts';
import type { AuditEntry } from '../audit-records.ts';
import { DatabaseFault } from '../fault.ts';
import { createSigner } from '../signer.ts';
import type { FromThread, ThreadData, ToThread } from './audit-writer.ts';
import { openDatabase } from './open.ts';
import { createSql, type SqliteSql } from './sql.ts';

// The thread that `audit-writer.ts` starts, with connections of its own to the same database.

/** After so many records the write-ahead log is copied back into the database, in the first pause of `QUIET_MS`. */
const COPY_AFTER = 1500;
const QUIET_MS = 10;

const { path, keys } = workerData as ThreadData;

function serve(sql: SqliteSql, signer = createSigner(keys)): void {
  const underWay = new Set<Promise<void>>();
  let records = 0;
  let copying: NodeJS.Timeout | undefined;
  const copy = () => {
    records = 0;
    sql.copyBack();
  };
  const write = async (id: number, entries: readonly AuditEntry[]) => {
    try {
      tell({ kind: 'written', id, first: await sql.commitDurably((tx) => insertAll(tx, signer, entries)) });
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
    try {
      await sql.close();
    } finally {
      tell({ kind: 'closed' });
      parentPort?.close();
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

// A thread of this process has looked at the database, and has it open.
serve(createSql(openDatabase(path, undefined)));
tell({ kind: 'ready' });
