import type { AuditArgs } from '../../commands/access/audit.ts';
import { momentAt } from '../../domain/duration.ts';
import type { AuditedRequest } from '../../store/audit-records.ts';
import { handler } from '../handler.ts';

export interface AuditResult {
  readonly at: number;
  /** One a request. */
  readonly records: readonly AuditedRequest[];
  readonly page: number;
  readonly more: boolean;
  /** Of the slash commands. */
  readonly prefix: string;
}

const AUDIT_ROWS = 15;

export const audit = handler<AuditArgs, AuditResult>()(['config', 'now', 'store'], async (request, deps) => {
  const { person, command, host, decision, since, page } = request.args;
  // Records about no host (a refusal) or about other hosts as well are shown only to people who may see all hosts.
  const isAll = request.hosts.length === deps.config.hosts.size;
  const found = await deps.store.audit.requests({
    ...(isAll ? {} : { within: request.hosts }),
    skip: (page - 1) * AUDIT_ROWS,
    limit: AUDIT_ROWS + 1,
    ...(person === undefined ? {} : { person }),
    ...(command === undefined ? {} : { command }),
    ...(host === undefined ? {} : { host }),
    ...(decision === undefined ? {} : { decision }),
    ...(since === undefined ? {} : { since: momentAt(since, deps.now()) }),
  });
  const { prefix } = deps.config.slack;
  return { at: deps.now(), records: found.slice(0, AUDIT_ROWS), page, more: found.length > AUDIT_ROWS, prefix };
});
