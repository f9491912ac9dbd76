import type { Deps } from '../../handlers/deps.ts';
import type { AuditRecord } from '../../store/audit-records.ts';
import type { Asked } from './asked.ts';

/** The reason of an outcome that was recorded for a process which had ended, or stood still. */
export const STOPPED = 'stopped';

/** Clocks are set back; a request and its records are of one machine. */
const BEFORE_MS = 60_000;
const MOST_RECORDS = 10_000;

/** What the audit log has of a request that came at `at`, in Unix milliseconds. */
export async function recordsOf(
  { person, request }: Asked,
  at: number,
  { audit }: Pick<Deps['store'], 'audit'>,
): Promise<readonly AuditRecord[]> {
  const all = await audit.search({ person, since: at - BEFORE_MS, limit: MOST_RECORDS });
  return all.filter((record) => record.request === request);
}
