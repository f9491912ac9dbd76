import { hash } from 'node:crypto';
import { openForReading } from '../../src/store/database.ts';
import type { Store, StoreKeys } from '../../src/store/store.ts';
import { auditEntry, beginnings, program, question } from './fixture.ts';
import { KEYS } from './keys.ts';
import { newJob } from './new-job.ts';

/** Keys of a store in which one-time codes are set up. */
export const ALL_KEYS: StoreKeys = { ...KEYS, totp: '7e'.repeat(32) };

const LATER = 4_000_000_000_000;
const OUTPUT = 'two files\n';

/**
 * Writes rows of every kind, finished and unfinished: D-ended has ended, D-new is queued, and D-running is between two of its
 * hosts. What has an end of its own ends in the year 2096.
 */
export async function fillWithEverything(store: Store): Promise<void> {
  const { audit, approvals, deployments, versions, locks, execs, execGrants, jobs, runs } = store;
  const { started, claimed } = beginnings({ store });
  const sha256 = hash('sha256', OUTPUT);
  await audit.append(auditEntry({ kind: 'decision', decision: 'allow', detail: 'größer than ASCII 🐳' }));
  await audit.append(
    auditEntry({ kind: 'outcome', request: 'E1', command: 'exec', output: { bytes: 10, sha256, kept: sha256 } }),
  );
  await started('D-ended', { at: 1 });
  const done = await claimed();
  await deployments.phase(done, { host: 'web-1', phase: 'pull', at: 101 });
  const tell = ['hook'];
  await deployments.finish(done, { verdict: 'deployed', at: 102, tell, record: auditEntry({ request: 'D-ended' }) });
  await started('D-running', { hosts: ['web-1', 'web-2'], at: 2, tell });
  const running = await claimed('P2', 200);
  await deployments.phase(running, { host: 'web-1', phase: 'start-new', at: 201, note: { why: null } });
  await deployments.hostVerdict(running, { host: 'web-1', verdict: 'deployed', detail: { ms: 5 }, at: 202 });
  await deployments.phase(running, { host: 'web-2', phase: 'start-new', at: 203 });
  await started('D-new', { at: 3 });
  await approvals.create(question('A-open', { expiresAt: LATER, remindEvery: 60_000, service: 'other' }));
  await approvals.vote({ id: 'A-open', person: 'U0OPS1', at: 5, factor: 'totp' });
  await store.cards.put({ subject: 'A-open', kind: 'deploy', channel: 'C0PROD', ts: '1.1' });
  await approvals.create(question('A-glass', { expiresAt: LATER, service: 'glass' }));
  const breakGlass = { reason: 'down', reviewBy: LATER };
  await deployments.start({ id: 'D-glass', approval: 'A-glass', hosts: ['web-9'], by: 'U0OPS1', at: 4, breakGlass });
  const version = { service: 'shop', host: 'web-1', repository: 'r/shop', digest: 'sha256:a', tag: undefined };
  await versions.record({ ...version, deployment: 'D-ended', by: 'U0DEV1', at: 102, verdict: 'deployed' });
  const lock = {
    service: 'shop',
    owner: 'U0DEV1',
    reason: '',
    channel: 'C0PROD',
    until: LATER,
    remindAt: LATER,
    at: 1,
  };
  await locks.acquire(lock);
  await locks.join({ service: 'shop', person: 'U0DEV2', channel: 'C0PROD', at: 2 });
  await execs.begin({ ...program('E1'), granted: 'G1' });
  await execs.finish('E1', { ended: 'exited', exitCode: 0, ms: 3, bytes: 10, sha256, kept: OUTPUT });
  const place = { person: 'U0DEV1', channel: 'C0PROD', host: 'web-1', container: 'shop' };
  const grant = { ...place, allowed: ['ls'], reason: 'to look', approvedBy: 'U0OPS1', beginsAt: 1, until: LATER };
  await execGrants.begin({ id: 'G1', ...grant });
  await jobs.add(newJob('J1', { line: 'deploy shop' }, 1));
  await runs.begin({ id: 'R1', ...place, name: 'shell', until: LATER });
  await fillWithTraces(store);
}

/** Rows of the moment, of the cache, and of what is to be sent. */
async function fillWithTraces(store: Store): Promise<void> {
  await store.scans.put({ digest: 'sha256:a', platform: '', scanner: 'trivy' }, { at: 1, body: '{}' });
  await store.deliveries.isFirst({ channel: 'C0PROD', ts: '1.1', at: 1 });
  await store.outbox.add({ place: 'C0PROD', note: { kind: 'ended' }, at: 1 });
  await store.totp.begin('U0OPS1', 'Fairlead', 1);
  await store.budgets.spend('U0DEV1', { commands: 5, perMs: 60_000 });
  await store.ongoing.begin({ id: 'F1', person: 'U0DEV1', owner: 'P1', until: LATER });
  const self = { id: 'P1', role: 'both', version: '0.1.0', machine: 'web', config: 'c', startedAt: 1 } as const;
  await store.replicas.beat(self, 2);
}

/** All rows of a database by table, each as JSON with its columns in alphabetical order. `tables` are those of SQLite. */
export async function rowsOf(url: string, tables: readonly string[]): Promise<Map<string, string[]>> {
  const { sql, close } = await openForReading(url);
  try {
    const rows = new Map<string, string[]>();
    for (const table of tables) {
      const found = await sql.query<object>(`select * from ${table}`);
      const sorted = found.map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))));
      rows.set(table, sorted.toSorted());
    }
    return rows;
  } finally {
    await close();
  }
}

/** The tables of a database of SQLite but the one that has its version. */
export async function tablesIn(url: string): Promise<string[]> {
  const { sql, close } = await openForReading(url);
  const tables = await sql.query<{ name: string }>(
    "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name <> 'versions'",
  );
  await close();
  return tables.map(({ name }) => name);
}
