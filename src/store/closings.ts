import type { Answered, Approval } from './approval.ts';
import { insertAll } from './audit.ts';
import { type AuditEntry, recordOfProgram } from './audit-records.ts';
import { parsed } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';

/** How a request for approval was answered, or that a grant was ended before its time. */
export type Closing = Answered | 'ended';

/** An approval, or the grant that it gave: both have the id of their request. */
export type Closable = Pick<Approval, 'id' | 'command' | 'channel' | 'requestedBy' | 'requestedAt'>;

/**
 * Records a closing in the audit log, in the transaction that closes the request or the grant: an older row that is put back
 * later, with the MAC it had then, does not count any more.
 */
export async function recordClosing(
  tx: Queryable,
  signer: Signer,
  subject: Closable,
  { how, by, at }: { readonly how: Closing; readonly by: string; readonly at: number },
): Promise<void> {
  const { id, command, channel, requestedBy, requestedAt } = subject;
  const record: AuditEntry = {
    // A date before the request, by a clock that was set back, would hide that it was closed.
    ...recordOfProgram({ at: Math.max(at, requestedAt), command, detail: `${how} by ${by}` }),
    kind: 'closing',
    request: id,
    person: requestedBy,
    channel,
    reason: how,
  };
  await insertAll(tx, signer, [record]);
}

/** Whether the audit log says that the request was answered, or that its grant was ended. */
export async function hasClosed(
  sql: Pick<Queryable, 'query'>,
  { id, requestedBy, requestedAt }: Pick<Closable, 'id' | 'requestedBy' | 'requestedAt'>,
  what: 'answered' | 'ended',
): Promise<boolean> {
  const closings = await sql.query<{ entry: string }>(
    "select entry from audit where person = $1 and at >= $2 and kind = 'closing'",
    [requestedBy, requestedAt],
  );
  return closings.some(({ entry }) => {
    const { request, reason } = closingIn(entry);
    return request === id && (reason === 'ended') === (what === 'ended');
  });
}

/** The id of the request that a record of a closing is about, and how it was closed. */
export function closingIn(entry: string): Partial<Pick<AuditEntry, 'request' | 'reason'>> {
  return (parsed(entry) as Partial<AuditEntry> | null | undefined) ?? {};
}
