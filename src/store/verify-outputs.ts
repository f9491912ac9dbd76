import { hash } from 'node:crypto';
import type { AuditEntry } from './audit-records.ts';
import { parsed } from './signed.ts';
import type { Queryable } from './sql.ts';

/** Outputs that the audit log tells of and that are gone, or not what it says they were: in words, `most` at most. */
export async function lostOutputs(view: Queryable, most: number): Promise<string[]> {
  const lost: string[] = [];
  const outcomes = "select entry from audit where kind = 'outcome' and command in ('exec', 'run')";
  for await (const { entry } of view.each<{ entry: string }>(outcomes)) {
    const { request, output } = (parsed(entry) as Partial<AuditEntry> | null | undefined) ?? {};
    if (request === undefined || output === undefined || lost.length >= most) continue;
    const [row] = await view.query<{ kept: string | null; sha256: string | null }>(
      'select kept, sha256 from execs where id = $1',
      [request],
    );
    if (!row) lost.push(`execs ${request}: the output that the audit log tells of is gone`);
    else if (row.sha256 !== output.sha256 || hash('sha256', row.kept ?? '') !== output.kept)
      lost.push(`execs ${request}: its output is not the one that the audit log tells of`);
  }
  return lost;
}
