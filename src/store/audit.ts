import { hash } from 'node:crypto';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { type AuditHead, readHead, signHead } from './audit-head.ts';
import type { AuditWriter } from './audit-writer.ts';
import { DatabaseFault, LOCKED } from './fault.ts';
import { WRITE_LOCK_MS } from './open.ts';
import type { Signer } from './signer.ts';
import type { Sql, Value } from './sql.ts';

export interface AuditEntry {
  /** Unix milliseconds. */
  readonly at: number;
  readonly kind: 'decision' | 'outcome' | 'event';
  /** The request's id: a decision and its outcome share it. */
  readonly request: string;
  readonly person: string;
  readonly channel: string;
  readonly team: string;
  readonly source: 'slash' | 'click' | 'mention' | 'home' | 'cli';
  readonly command: string;
  /** What was said, in canonical spelling and redacted. */
  readonly line: string;
  readonly hosts: readonly string[];
  /** The operating-system user who gave it at the command line, as somebody or on their own. */
  readonly operator?: string;
  readonly decision?: 'allow' | 'needs-approval' | 'deny';
  readonly reason?: string;
  /** Where in the config it was decided. */
  readonly rule?: string;
  readonly outcome?: 'ok' | 'partial' | 'failed' | 'refused' | 'stopped';
  readonly detail?: string;
  readonly ms?: number;
}

export interface AuditRecord extends AuditEntry {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
}

/** One request, or an event, as the audit log has it. */
export interface AuditedRequest extends AuditRecord {
  /** What came of a decision; undefined while it runs, where it was denied, and of an event. */
  readonly ended: AuditRecord | undefined;
}

export interface AuditSearch {
  readonly person?: string;
  readonly command?: string;
  readonly host?: string;
  readonly decision?: string;
  readonly since?: number;
  /** Only records that are about some of these hosts and no other. */
  readonly within?: readonly string[];
  /** So many of the newest are left out. */
  readonly skip?: number;
  readonly limit: number;
}

/** Append-only: each record is chained to the one before by SHA-256 and has a keyed MAC, as has the newest one's number. */
export interface AuditLog {
  /** Settles once the record is on disk. Entries of the same turn share one commit. */
  append(entry: AuditEntry): Promise<Pick<AuditRecord, 'seq'>>;
  /** Newest first. */
  search(query: AuditSearch): Promise<AuditRecord[]>;
  /** The same, an entry each: a decision has its outcome with it. `skip` and `limit` count entries. */
  requests(query: AuditSearch): Promise<AuditedRequest[]>;
  /** Whether there is an event about that request, of that person, since then (Unix milliseconds). */
  hasEvent(event: { readonly request: string; readonly person: string; readonly since: number }): Promise<boolean>;
  /** The newest record, to be saved elsewhere. */
  head(): Promise<Pick<AuditHead, 'seq' | 'hash'>>;
  /** The same, when it has not been made known for `every` ms and has changed since. Over all processes, once. */
  headToShip(now: number, every: number): Promise<Pick<AuditHead, 'seq' | 'hash'> | undefined>;
  /** Commits what is waiting. */
  flush(): void;
}

interface Waiting {
  readonly entry: AuditEntry;
  /** When it came, by the clock of `performance.now`. */
  readonly since: number;
  resolve(record: Pick<AuditRecord, 'seq'>): void;
  reject(error: Error): void;
}

interface Row {
  readonly seq: number;
  readonly entry: string;
  readonly prev: string;
  readonly hash: string;
}

/** The domain of the MACs of records. */
export const RECORD = 'audit';

/** So many at once are written by the writer: fewer are done sooner here. */
const CROWD = 8;

export function createAuditLog(sql: Sql, signer: Signer, writer?: AuditWriter): AuditLog {
  let waiting: Waiting[] = [];
  let isBusy = false;
  const take = () => {
    const batch = waiting;
    waiting = [];
    return { batch, insert: () => insertAll(sql, signer, batch) };
  };
  const writeBatch = async () => {
    const { batch, insert } = take();
    if (batch.length === 0) return;
    try {
      const first = await (takenBy(writer, batch) ?? sql.tryTxThenSync(insert));
      if (first !== undefined) return fulfil(batch, first);
    } catch (error) {
      return fail(batch, error);
    }
    const isLate = ({ since }: Waiting) => performance.now() - since > WRITE_LOCK_MS;
    fail(batch.filter(isLate), new DatabaseFault(sql.path, LOCKED));
    // Back in line, where a store that closes meanwhile still finds them.
    waiting = [...batch.filter((one) => !isLate(one)), ...waiting];
    await delay(5 + Math.random() * 20);
  };
  const writeSoon = () => {
    if (isBusy || waiting.length === 0) return;
    isBusy = true;
    // Whatever else this turn of the event loop brings in is committed together, and so is all that comes while the disk
    // is waited for: one sync for all of it.
    setImmediate(async () => {
      await writeBatch();
      isBusy = false;
      writeSoon();
    });
  };
  return {
    append: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, since: performance.now(), resolve, reject });
        writeSoon();
      }),
    search: async (query) => search(sql, query),
    requests: async (query) => searchRequests(sql, query),
    async hasEvent({ request, person, since }) {
      const found = sql.all(
        `select seq from audit where person = $1 and at >= $2 and kind = 'event'
         and json_extract(entry, '$.request') = $3 limit 1`,
        [person, since, request],
      );
      return found.length === 1;
    },
    async head() {
      const { seq, hash } = signedHead(sql, signer);
      return { seq, hash };
    },
    async headToShip(now, every) {
      const { seq, hash } = signedHead(sql, signer);
      const won = sql.all(
        `update audit_head set shipped_at = $1, shipped_seq = $3
         where one = 1 and (shipped_at <= $2 or shipped_at > $4) and shipped_seq <> $3 returning seq`,
        // One that was shipped in the future is from before the clock was set back.
        [now, now - every, seq, now + every],
      );
      return won.length === 1 ? { seq, hash } : undefined;
    },
    flush() {
      const { batch, insert } = take();
      if (batch.length === 0) return;
      try {
        fulfil(batch, sql.tx(insert));
      } catch (error) {
        fail(batch, error);
      }
    },
  };
}

/** Undefined when they are to be written here. While the writer writes, all are its: two connections would wait for each other. */
function takenBy(writer: AuditWriter | undefined, batch: readonly Waiting[]): Promise<number | undefined> | undefined {
  if (!writer || (batch.length < CROWD && !writer.isWriting()) || !writer.isReady()) return undefined;
  return writer.write(batch.map(({ entry }) => entry));
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

/** Appends in order and returns the first one's number. For a transaction that does what is recorded: see `deployments.finish`. */
export function insertAll(sql: Sql, signer: Signer, batch: readonly Pick<Waiting, 'entry'>[]): number {
  // Read inside the transaction: another process may have appended since.
  const head = signedHead(sql, signer);
  let { seq, hash: prev } = head;
  for (const { entry } of batch) {
    seq += 1;
    const text = JSON.stringify(entry);
    const hash = chain(prev, seq, text);
    sql.all(
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
  signHead(sql, signer, { ...head, seq, hash: prev });
  return head.seq + 1;
}

/** The hash stands for the whole record. */
const recordMac = (signer: Signer, seq: number, hash: string) => signer.mac(RECORD, [seq, hash]);

/** Throws when it was changed: what is appended to a log that was cut would hide that. */
function signedHead(sql: Sql, signer: Signer): AuditHead {
  const head = readHead(sql, signer);
  if (!head) throw new Error('its head is missing: `fairlead audit verify` says more');
  if (!head.signed)
    throw new Error('its head was not signed with FAIRLEAD_RECORD_KEY: `fairlead audit verify` says more');
  return head;
}

export function chain(prev: string, seq: number, entry: string): string {
  return hash('sha256', `${prev}\n${seq}\n${entry}`);
}

/** So many records are looked at before others get their turn: a host may be in none of a million. */
const SEARCHED_AT_ONCE = 1000;

const isWithin = (hosts: readonly string[], within: readonly string[]) =>
  hosts.length > 0 && hosts.every((host) => within.includes(host));

async function search(sql: Sql, query: AuditSearch): Promise<AuditRecord[]> {
  const found: AuditRecord[] = [];
  let skip = query.skip ?? 0;
  for await (const matching of batches(sql, query)) {
    found.push(...matching.slice(skip));
    skip = Math.max(0, skip - matching.length);
    if (found.length >= query.limit) break;
  }
  return found.slice(0, query.limit);
}

async function searchRequests(sql: Sql, { decision, ...query }: AuditSearch): Promise<AuditedRequest[]> {
  const found: AuditedRequest[] = [];
  let skip = query.skip ?? 0;
  // Newest first, an outcome comes before its decision.
  const outcomes = new Map<string, AuditRecord>();
  for await (const matching of batches(sql, query))
    for (const record of matching) {
      if (record.kind === 'outcome') {
        outcomes.set(record.request, record);
        continue;
      }
      const isDecision = record.kind === 'decision';
      const ended = isDecision ? outcomes.get(record.request) : undefined;
      if (isDecision) outcomes.delete(record.request);
      if (decision !== undefined && record.decision !== decision) continue;
      if (skip > 0) skip -= 1;
      else found.push({ ...record, ended });
      if (found.length === query.limit) return found;
    }
  return found;
}

/** Records that match, newest first; between batches others get their turn. */
async function* batches(sql: Sql, query: AuditSearch): AsyncGenerator<readonly AuditRecord[]> {
  const params: Value[] = [];
  const terms = (['person', 'command', 'decision'] as const).flatMap((name) =>
    query[name] === undefined ? [] : [`${name} = $${params.push(query[name])}`],
  );
  if (query.since !== undefined) terms.push(`at >= $${params.push(query.since)}`);
  const before = params.push(Number.MAX_SAFE_INTEGER);
  const text = `select seq, entry, prev, hash from audit where ${[...terms, `seq < $${before}`].join(' and ')}
    order by seq desc limit ${SEARCHED_AT_ONCE}`;
  for (;;) {
    const rows = sql.all<Row>(text, params);
    yield rows
      .map(({ seq, entry, prev, hash }) => ({ ...(JSON.parse(entry) as AuditEntry), seq, prev, hash }))
      .filter(({ hosts }) => query.host === undefined || hosts.includes(query.host))
      .filter(({ hosts }) => query.within === undefined || isWithin(hosts, query.within));
    if (rows.length < SEARCHED_AT_ONCE) return;
    params[before - 1] = rows.at(-1)?.seq ?? 0;
    await nextTurn();
  }
}
