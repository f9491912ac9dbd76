import { hash } from 'node:crypto';
import { messageOf } from '../errors.ts';
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
  const writeSoon = () => {
    if (isWriting || waiting.length === 0) return;
    isWriting = true;
    // Whatever else this turn of the event loop brings in is committed together, and so is all that comes while the disk
    // is waited for: one sync for all of it.
    setImmediate(async () => {
      const { batch, insert } = take();
      await settle(batch, async () => (batch.length === 0 ? [] : sql.txThenSync(insert)));
      isWriting = false;
      writeSoon();
    });
  };
  return {
    append: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject });
        writeSoon();
      }),
    verify: () => verify(sql),
    search: async (query) => search(sql, query),
    flush() {
      const { batch, insert } = take();
      if (batch.length > 0) void settle(batch, async () => sql.tx(insert));
    },
  };
}

async function settle(batch: readonly Waiting[], write: () => Promise<readonly AuditRecord[]>): Promise<void> {
  try {
    const records = await write();
    for (const [index, { resolve }] of batch.entries()) resolve(records[index] as AuditRecord);
  } catch (error) {
    const failure = new Error(`The audit log cannot be written: ${messageOf(error)}`, { cause: error });
    for (const { reject } of batch) reject(failure);
  }
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

function search(sql: Sql, query: AuditSearch): AuditRecord[] {
  const params: Value[] = [];
  const terms = (['person', 'command', 'decision'] as const).flatMap((name) =>
    query[name] === undefined ? [] : [`${name} = $${params.push(query[name])}`],
  );
  if (query.since !== undefined) terms.push(`at >= $${params.push(query.since)}`);
  const where = terms.length === 0 ? '' : `where ${terms.join(' and ')}`;
  const found: AuditRecord[] = [];
  let left = query.skip ?? 0;
  for (const row of sql.each<Row>(`select seq, entry, prev, hash from audit ${where} order by seq desc`, params)) {
    const entry = JSON.parse(row.entry) as AuditEntry;
    if (query.host !== undefined && !entry.hosts.includes(query.host)) continue;
    left -= 1;
    if (left >= 0) continue;
    found.push({ ...entry, seq: row.seq, prev: row.prev, hash: row.hash });
    if (found.length >= query.limit) break;
  }
  return found;
}
