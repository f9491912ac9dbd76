import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Queryable, Value } from './sql.ts';

export interface AuditEntry {
  /** Unix milliseconds. */
  readonly at: number;
  /**
   * `closing`: a request for approval was answered, or a grant was ended; see `recordClosing`. `reopening`: a deployment
   * that had ended is carried on; see `reopenDeployment`.
   */
  readonly kind: 'decision' | 'outcome' | 'event' | 'closing' | 'reopening';
  /** The request's id: a decision and its outcome share it. */
  readonly request: string;
  readonly person: string;
  readonly channel: string;
  readonly team: string;
  readonly source: 'slash' | 'click' | 'mention' | 'home' | 'cli';
  readonly command: string;
  /** The command line in canonical spelling, redacted. */
  readonly line: string;
  readonly hosts: readonly string[];
  /** The operating-system user who ran it at the command line. */
  readonly operator?: string;
  readonly decision?: 'allow' | 'needs-approval' | 'deny';
  readonly reason?: string;
  /** Where in the config it was decided. */
  readonly rule?: string;
  readonly outcome?: 'ok' | 'partial' | 'failed' | 'refused' | 'stopped';
  readonly detail?: string;
  readonly ms?: number;
  /** What a program wrote, whose beginning is kept beside this log: of the whole as it was shown, and of what is kept. */
  readonly output?: { readonly bytes: number; readonly sha256: string; readonly kept: string };
}

/** What Fairlead itself did to its records, for nobody and in no channel. */
export function recordOfProgram(
  event: Pick<AuditEntry, 'at' | 'command' | 'detail'> & { readonly operator?: string },
): AuditEntry {
  const nobody = { request: '', person: '', channel: '', team: '' };
  return { kind: 'event', ...nobody, source: 'cli', line: event.command, hosts: [], outcome: 'ok', ...event };
}

export interface AuditRecord extends AuditEntry {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
}

/** One request, or an event, as the audit log has it. */
export interface AuditedRequest extends AuditRecord {
  /** The outcome of a decision; undefined while the request runs, when it was denied, and for an event. */
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

interface Row {
  readonly seq: number;
  readonly entry: string;
  readonly prev: string;
  readonly hash: string;
}

/** Records read before other work gets a turn: a search may have to read a million. */
const SEARCHED_AT_ONCE = 1000;

const isWithin = (hosts: readonly string[], within: readonly string[]) =>
  hosts.length > 0 && hosts.every((host) => within.includes(host));

/** Newest first. */
export async function search(sql: Queryable, query: AuditSearch): Promise<AuditRecord[]> {
  const found: AuditRecord[] = [];
  let skip = query.skip ?? 0;
  for await (const matching of batches(sql, query)) {
    found.push(...matching.slice(skip));
    skip = Math.max(0, skip - matching.length);
    if (found.length >= query.limit) break;
  }
  return found.slice(0, query.limit);
}

/** Newest first, each with its outcome. */
export async function searchRequests(sql: Queryable, { decision, ...query }: AuditSearch): Promise<AuditedRequest[]> {
  const found: AuditedRequest[] = [];
  let skip = query.skip ?? 0;
  // Newest first, an outcome comes before its decision.
  const outcomes = new Map<string, AuditRecord>();
  for await (const matching of batches(sql, query))
    for (const record of matching) {
      // The answer that closed it is a request of its own.
      if (record.kind === 'closing') continue;
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

/** Records that match, newest first; other work gets a turn between batches. */
async function* batches(sql: Queryable, query: AuditSearch): AsyncGenerator<readonly AuditRecord[]> {
  const params: Value[] = [];
  const terms = (['person', 'command', 'decision'] as const).flatMap((name) =>
    query[name] === undefined ? [] : [`${name} = $${params.push(query[name])}`],
  );
  if (query.since !== undefined) terms.push(`at >= $${params.push(query.since)}`);
  const before = params.push(Number.MAX_SAFE_INTEGER);
  const text = `select seq, entry, prev, hash from audit where ${[...terms, `seq < $${before}`].join(' and ')}
    order by seq desc limit ${SEARCHED_AT_ONCE}`;
  for (;;) {
    const rows = await sql.query<Row>(text, params);
    yield rows
      .map(({ seq, entry, prev, hash }) => ({ ...(JSON.parse(entry) as AuditEntry), seq, prev, hash }))
      .filter(({ hosts }) => query.host === undefined || hosts.includes(query.host))
      .filter(({ hosts }) => query.within === undefined || isWithin(hosts, query.within));
    if (rows.length < SEARCHED_AT_ONCE) return;
    params[before - 1] = rows.at(-1)?.seq ?? 0;
    await nextTurn();
  }
}
