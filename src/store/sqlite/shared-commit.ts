import { setImmediate as nextTurn } from 'node:timers/promises';
import { DatabaseFault } from '../fault.ts';
import type { Lasting, Value } from '../sql.ts';
import type { Handle } from './handle.ts';

/** Statements of one transaction, each some 10 µs: other processes wait for it. */
const MOST_AT_ONCE = 500;

interface Waiting {
  readonly text: string;
  readonly params: readonly Value[] | undefined;
  readonly lasting: Lasting;
  resolve(rows: unknown[]): void;
  reject(error: unknown): void;
}

/** Statements that each are a transaction of their own. */
interface SharedCommit {
  run<Row>(text: string, params?: readonly Value[], lasting?: Lasting): Promise<Row[]>;
  /** Resolves once no statement waits for its commit or for the disk. */
  idle(): Promise<void>;
}

interface Commits {
  /** Resolves once it is committed, though perhaps not on disk. */
  transaction<T>(work: (handle: Handle) => Promise<T>): Promise<T>;
  /** Resolves once what was committed is on disk. */
  sync(): Promise<void>;
}

/**
 * Those of one turn of the event loop, and those that come while it commits, share a commit, which takes ten times as long as
 * a statement. One that fails undoes nothing of the others.
 */
export function createSharedCommit({ transaction, sync }: Commits): SharedCommit {
  const waiting: Waiting[] = [];
  let committing: Promise<void> | undefined;
  let syncing: Promise<void> | undefined;
  const commit = async () => {
    const present = waiting.length;
    let batch: readonly Waiting[] = [];
    const fail = (error: unknown) => {
      // Without a batch, the transaction never began: those that were there have waited long enough.
      for (const { reject } of batch.length > 0 ? batch : waiting.splice(0, present)) reject(error);
    };
    try {
      const settled = await transaction(async (handle) => {
        // Taken only now: those that came while another process held the write lock are committed too.
        batch = waiting.splice(0, MOST_AT_ONCE);
        const tells: (() => void)[] = [];
        // One after another: a database at fault may have ended the transaction, and the next would be one of its own.
        for (const statement of batch) tells.push(await settling(statement, handle));
        return tells;
      });
      const settle = (lasting: Lasting) => {
        for (const [index, tell] of settled.entries()) if (batch[index]?.lasting === lasting) tell();
      };
      settle('process');
      // The next commit need not wait for the disk.
      if (!batch.some(({ lasting }) => lasting === 'disk')) return;
      const before = syncing;
      syncing = sync()
        .then(() => settle('disk'), fail)
        .then(() => before);
    } catch (error) {
      fail(error);
    }
  };
  const commitAll = async () => {
    while (waiting.length > 0) {
      await nextTurn();
      await commit();
    }
    committing = undefined;
  };
  return {
    run: <Row>(text: string, params?: readonly Value[], lasting: Lasting = 'disk') =>
      new Promise<Row[]>((resolve, reject) => {
        waiting.push({ text, params, lasting, resolve: (rows) => resolve(rows as Row[]), reject });
        committing ??= commitAll();
      }),
    async idle() {
      await committing;
      await syncing;
    },
  };
}

/** Runs a statement, and resolves to what tells its caller. Rejects when the database is at fault, and not the statement. */
async function settling({ text, params, resolve, reject }: Waiting, handle: Handle): Promise<() => void> {
  try {
    const rows = await handle.query(text, params);
    return () => resolve(rows);
  } catch (error) {
    if (error instanceof DatabaseFault) throw error;
    return () => reject(error);
  }
}
