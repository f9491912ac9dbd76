import { hash } from 'node:crypto';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { type Sql, type Value, WRITE_LOCK_MS } from './sql.ts';

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

export type Verification =
  | { readonly ok: true; readonly records: number; readonly head: string }
  | {
      readonly ok: false;
      readonly records: number;
      readonly problem: 'changed' | 'missing' | 'reordered' | 'head';
      readonly seq: number;
      readonly text: string;
    };

/** Append-only, each record chained to the one before by SHA-256. */
export interface AuditLog {
  /** Settles once the record is on disk. Entries of the same turn share one commit. */
  append(entry: AuditEntry): Promise<AuditRecord>;
  /** Walks the whole chain; the first fault is named. */
  verify(): Verification;
  /** Newest first. */
  search(query: AuditSearch): Promise<AuditRecord[]>;
  /** Commits what is waiting. */
  flush(): void;
}

interface Waiting {
  readonly entry: AuditEntry;
  /** When it came, by the clock of `performance.now`. */
  readonly since: number;
  resolve(record: AuditRecord): void;
  reject(error: Error): void;
}

interface Head {
  readonly seq: number;
  readonly hash: string;
}

interface Row {
  readonly seq: number;
  readonly entry: string;
  readonly prev: string;
  readonly hash: string;
}

export function createAuditLog(sql: Sql): AuditLog {
  let waiting: Waiting[] = [];
  let isWriting = false;
  const take = () => {
    const batch = waiting;
    waiting = [];
    return { batch, insert: () => insertAll(sql, batch) };
  };
  const writeBatch = async () => {
    const { batch, insert } = take();
    if (batch.length === 0) return;
    try {
      const records = await sql.tryTxThenSync(insert);
      if (records) return fulfil(batch, records);
    } catch (error) {
      return fail(batch, error);
    }
    const isLate = ({ since }: Waiting) => performance.now() - since > WRITE_LOCK_MS;
    fail(batch.filter(isLate), new Error('another process keeps the database locked'));
    // Back in line, where a store that closes meanwhile still finds them.
    waiting = [...batch.filter((one) => !isLate(one)), ...waiting];
    await delay(5 + Math.random() * 20);
  };
  const writeSoon = () => {
    if (isWriting || waiting.length === 0) return;
    isWriting = true;
    // Whatever else this turn of the event loop brings in is committed together, and so is all that comes while the disk
    // is waited for: one sync for all of it.
    setImmediate(async () => {
      await writeBatch();
      isWriting = false;
      writeSoon();
    });
  };
  return {
    append: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, since: performance.now(), resolve, reject });
        writeSoon();
      }),
    // A record that is written after the last row was read must not be one that is missing.
    verify: () => sql.snapshot(() => verify(sql)),
    search: async (query) => search(sql, query),
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

function fulfil(batch: readonly Waiting[], records: readonly AuditRecord[]): void {
  for (const [index, { resolve }] of batch.entries()) resolve(records[index] as AuditRecord);
}

function fail(batch: readonly Waiting[], error: unknown): void {
  const failure = new Error(`The audit log cannot be written: ${messageOf(error)}`, { cause: error });
  for (const { reject } of batch) reject(failure);
}

/** Appends in order. For a transaction that does what is recorded: see `deployments.finish`. */
export function insertAll(sql: Sql, batch: readonly Pick<Waiting, 'entry'>[]): AuditRecord[] {
  // Read inside the transaction: another process may have appended since.
  const head = sql.all<Head>('select seq, hash from audit_head where one = 1')[0] ?? { seq: 0, hash: '' };
  let { seq, hash: prev } = head;
  const records = batch.map(({ entry }): AuditRecord => {
    seq += 1;
    const text = JSON.stringify(entry);
    const hash = chain(prev, seq, text);
    sql.all(
      'insert into audit (seq, at, kind, person, channel, command, decision, outcome, entry, prev, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
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
      ],
    );
    const record = { ...entry, seq, prev, hash };
    prev = hash;
    return record;
  });
  sql.all('update audit_head set seq = $1, hash = $2 where one = 1', [seq, prev]);
  return records;
}

function chain(prev: string, seq: number, entry: string): string {
  return hash('sha256', `${prev}\n${seq}\n${entry}`);
}

function verify(sql: Sql): Verification {
  let prev = '';
  let records = 0;
  let before = 0;
  const bad = (problem: 'changed' | 'missing' | 'reordered' | 'head', seq: number, text: string): Verification => ({
    ok: false,
    records,
    problem,
    seq,
    text,
  });
  for (const row of sql.each<Row & Columns>('select * from audit order by seq')) {
    if (row.seq !== before + 1)
      return bad('missing', before + 1, `Record ${before + 1} is missing: after ${before} comes ${row.seq}.`);
    if (chain(row.prev, row.seq, row.entry) !== row.hash)
      return bad('changed', row.seq, `Record ${row.seq} was changed: its hash does not fit its text.`);
    if (row.prev !== prev)
      return bad(
        'reordered',
        row.seq,
        `Record ${row.seq} does not follow the one before it: one of them was moved or replaced.`,
      );
    if (!columnsFit(row))
      return bad('changed', row.seq, `Record ${row.seq} was changed: its columns do not fit its text.`);
    prev = row.hash;
    before = row.seq;
    records += 1;
  }
  const head = sql.all<Head>('select seq, hash from audit_head where one = 1')[0];
  if (!head || head.seq > before)
    return bad('missing', before + 1, `Record ${before + 1} is missing: the newest should be ${head?.seq ?? 'known'}.`);
  if (head.seq !== before || head.hash !== prev)
    return bad('head', before, `The newest record is not the one the log ended with (${head.seq}).`);
  return { ok: true, records, head: prev };
}

type Columns = Record<
  'at' | 'kind' | 'person' | 'channel' | 'command' | 'decision' | 'outcome',
  string | number | null
>;

// The columns are there to be searched; a record whose columns lie would hide from a search.
function columnsFit(row: Row & Columns): boolean {
  const entry = JSON.parse(row.entry) as AuditEntry;
  return (
    row.at === entry.at &&
    row.kind === entry.kind &&
    row.person === entry.person &&
    row.channel === entry.channel &&
    row.command === entry.command &&
    row.decision === (entry.decision ?? null) &&
    row.outcome === (entry.outcome ?? null)
  );
}

/** So many records are looked at before others get their turn: a host may be in none of a million. */
const SEARCHED_AT_ONCE = 1000;

const isWithin = (hosts: readonly string[], within: readonly string[]) =>
  hosts.length > 0 && hosts.every((host) => within.includes(host));

async function search(sql: Sql, query: AuditSearch): Promise<AuditRecord[]> {
  const params: Value[] = [];
  const terms = (['person', 'command', 'decision'] as const).flatMap((name) =>
    query[name] === undefined ? [] : [`${name} = $${params.push(query[name])}`],
  );
  if (query.since !== undefined) terms.push(`at >= $${params.push(query.since)}`);
  const before = params.push(Number.MAX_SAFE_INTEGER);
  const text = `select seq, entry, prev, hash from audit where ${[...terms, `seq < $${before}`].join(' and ')}
    order by seq desc limit ${SEARCHED_AT_ONCE}`;
  let skip = query.skip ?? 0;
  const found: AuditRecord[] = [];
  for (;;) {
    const rows = sql.all<Row>(text, params);
    const matching = rows
      .map(({ seq, entry, prev, hash }) => ({ ...(JSON.parse(entry) as AuditEntry), seq, prev, hash }))
      .filter(({ hosts }) => query.host === undefined || hosts.includes(query.host))
      .filter(({ hosts }) => query.within === undefined || isWithin(hosts, query.within));
    found.push(...matching.slice(skip));
    skip = Math.max(0, skip - matching.length);
    if (rows.length < SEARCHED_AT_ONCE || found.length >= query.limit) return found.slice(0, query.limit);
    params[before - 1] = rows.at(-1)?.seq ?? 0;
    await nextTurn();
  }
}
