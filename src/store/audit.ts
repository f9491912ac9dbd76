import { hash } from 'node:crypto';
import { messageOf } from '../domain/errors.ts';
import { type AuditHead, readHead, signHead } from './audit-head.ts';
import {
  type AuditEntry,
  type AuditedRequest,
  type AuditRecord,
  type AuditSearch,
  search,
  searchRequests,
} from './audit-records.ts';
import type { AuditWriter } from './audit-writer.ts';
import { DatabaseFault } from './fault.ts';
import type { NoteOf, NotingTx } from './outbox.ts';
import { parsed } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable, Sql } from './sql.ts';

/** What a record is about: since when it may be, in Unix milliseconds. */
interface About {
  readonly request: string;
  readonly person: string;
  readonly since: number;
}

/** Append-only: each record is chained to the one before by SHA-256 and has a keyed MAC, as has the newest one's number. */
export interface AuditLog {
  /** Settles once the record is on disk. Entries of the same turn share one commit. */
  append(entry: AuditEntry): Promise<Pick<AuditRecord, 'seq'>>;
  /** Newest first. */
  search(query: AuditSearch): Promise<AuditRecord[]>;
  /** Requests and events, newest first: a decision comes with its outcome. `skip` and `limit` count entries. */
  requests(query: AuditSearch): Promise<AuditedRequest[]>;
  /**
   * How the newest event about that request, of that person, since then (Unix milliseconds), left it; undefined when there
   * is none.
   */
  leftAs(event: About): Promise<'ended' | 'reopened' | undefined>;
  /** The same of the outcome of a request. */
  hasOutcome(outcome: About): Promise<boolean>;
  /** The newest record, to be saved elsewhere. */
  head(): Promise<NewestRecord>;
  /** The newest record, with a note, when it was not published for `every` ms and has changed since. Over all processes, once. */
  headToShip(now: number, every: number, noteOf?: NoteOf<NewestRecord>): Promise<NewestRecord | undefined>;
  /** Resolves once no entry is waiting to be written. */
  flush(): Promise<void>;
}

export type NewestRecord = Pick<AuditHead, 'seq' | 'hash'>;

interface Waiting {
  readonly entry: AuditEntry;
  resolve(record: Pick<AuditRecord, 'seq'>): void;
  reject(error: Error): void;
}

/** The domain of the MACs of records. */
export const RECORD = 'audit';

/** From this number on, entries are written by the writer's thread; fewer are written sooner here. */
const CROWD = 8;

export function createAuditLog(sql: Sql, signer: Signer, notingTx: NotingTx, writer?: AuditWriter): AuditLog {
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  const take = () => {
    const batch = waiting;
    waiting = [];
    return batch;
  };
  const writeBatch = async () => {
    const present = waiting.length;
    let batch: Waiting[] = [];
    try {
      if (present >= CROWD && writer?.isReady()) {
        batch = take();
        return fulfil(batch, await writer.write(batch.map(({ entry }) => entry)));
      }
      const first = await sql.commitDurably((tx) => {
        // Taken only now: entries that came while another process held the write lock are committed too. Run again after
        // a conflict, it has those of the first time as well.
        batch = [...batch, ...take()];
        return insertAll(
          tx,
          signer,
          batch.map(({ entry }) => entry),
        );
      });
      fulfil(batch, first);
    } catch (error) {
      // Without a batch, the transaction never began: the entries that were there have waited long enough.
      fail(batch.length > 0 ? batch : waiting.splice(0, present), error);
    }
  };
  const writeAll = async () => {
    while (waiting.length > 0) {
      // All entries of this turn of the event loop share one commit, and so do those that come while the disk is synced.
      await new Promise((resolve) => setImmediate(resolve));
      await writeBatch();
    }
    writing = undefined;
  };
  return {
    append: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject });
        writing ??= writeAll();
      }),
    search: async (query) => search(sql, query),
    requests: async (query) => searchRequests(sql, query),
    async leftAs(event) {
      const newest = (await recordsOf(sql, ['event', 'reopening'], event)).at(-1);
      return newest && (newest.kind === 'reopening' ? 'reopened' : 'ended');
    },
    hasOutcome: async (outcome) => (await recordsOf(sql, ['outcome'], outcome)).length > 0,
    async head() {
      const { seq, hash } = await signedHead(sql, signer);
      return { seq, hash };
    },
    async headToShip(now, every, noteOf = () => undefined) {
      const { seq, hash } = await signedHead(sql, signer);
      // A date in the future is from before the clock was set back.
      const due = 'one = 1 and (shipped_at <= $1 or shipped_at > $2) and shipped_seq <> $3';
      const params = [now - every, now + every, seq];
      // Called every other second: the write lock is taken only when there is something to write.
      if ((await sql.query(`select seq from audit_head where ${due}`, params)).length === 0) return undefined;
      return notingTx(async (tx, addNote) => {
        const set = `update audit_head set shipped_at = $4, shipped_seq = $3 where ${due} returning seq`;
        if ((await tx.query(set, [...params, now])).length === 0) return undefined;
        await addNote(noteOf({ seq, hash }));
        return { seq, hash };
      });
    },
    flush: async () => writing,
  };
}

function fulfil(batch: readonly Waiting[], first: number): void {
  for (const [index, { resolve }] of batch.entries()) resolve({ seq: first + index });
}

function fail(batch: readonly Waiting[], error: unknown): void {
  const failure =
    error instanceof DatabaseFault
      ? error
      : new Error(`The audit log cannot be written: ${messageOf(error)}`, { cause: error });
  for (const { reject } of batch) reject(failure);
}

/** Appends in order, as part of a transaction, and resolves to the number of the first record. */
export async function insertAll(tx: Queryable, signer: Signer, entries: readonly AuditEntry[]): Promise<number> {
  // Read inside the transaction: another process may have appended since.
  const head = await signedHead(tx, signer);
  let { seq, hash: prev } = head;
  for (const entry of entries) {
    seq += 1;
    const text = JSON.stringify(entry);
    const hash = chain(prev, seq, text);
    await tx.query(
      'insert into audit (seq, at, kind, person, channel, command, decision, outcome, entry, prev, hash, mac) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
      [
        seq,
        entry.at,
        entry.kind,
        entry.person,
        entry.channel,
        entry.command,
        entry.decision ?? null,
        entry.outcome ?? null,
        text,
        prev,
        hash,
        recordMac(signer, seq, hash),
      ],
    );
    prev = hash;
  }
  await signHead(tx, signer, { ...head, seq, hash: prev });
  return head.seq + 1;
}

/** Whether a record is as it was appended by something that has the key, looked at alone. */
export function isSignedRecord(
  signer: Signer,
  { seq, entry, prev, hash, mac }: { seq: number; entry: string; prev: string; hash: string; mac: string | null },
): boolean {
  return hash === chain(prev, seq, entry) && typeof mac === 'string' && signer.fits(RECORD, [seq, hash], mac);
}

/** The hash stands for the whole record. */
const recordMac = (signer: Signer, seq: number, hash: string) => signer.mac(RECORD, [seq, hash]);

/** Rejects when the head was changed: appending to a log that was cut would hide the cut. */
async function signedHead(sql: Pick<Queryable, 'query'>, signer: Signer): Promise<AuditHead> {
  const head = await readHead(sql, signer);
  if (!head) throw new Error('its head is missing: `fairlead audit verify` says more');
  if (!head.signed)
    throw new Error('its head was not signed with FAIRLEAD_RECORD_KEY: `fairlead audit verify` says more');
  return head;
}

export function chain(prev: string, seq: number, entry: string): string {
  return hash('sha256', `${prev}\n${seq}\n${entry}`);
}

/** Oldest first. */
async function recordsOf(
  sql: Sql,
  kinds: readonly AuditEntry['kind'][],
  { request, person, since }: About,
): Promise<readonly AuditEntry[]> {
  const records = await sql.query<{ entry: string }>(
    `select entry from audit where person = $1 and at >= $2
       and kind in (${kinds.map((_, index) => `$${index + 3}`).join(', ')}) order by seq`,
    [person, since, ...kinds],
  );
  return records.flatMap(({ entry }) => {
    const found = parsed(entry) as AuditEntry | undefined;
    return found?.request === request ? [found] : [];
  });
}
