import { DatabaseFault, type Reasons } from '../fault.ts';
import { onlyRow } from '../rows.ts';
import { aheadOf } from '../time.ts';
import { READ_ONLY } from './faults.ts';
import type { Session } from './session.ts';

/** The first version that has what transactions use: `pg_current_xact_id` and `pg_xact_status` of an xid8. */
const OLDEST = 13;

/** What a server says of itself, asked on a connection. */
export interface Server {
  /** As people write it, such as 15.14. */
  readonly version: string;
  /** Whether it copies another server, and takes no writes itself. */
  readonly isStandby: boolean;
  /** Whether transactions do not write unless they ask to. */
  readonly isReadOnly: boolean;
  /** In milliseconds, as it is set for the connection. */
  readonly statementTimeout: number;
  /** By how much this machine's clock is ahead of the server's, in milliseconds. */
  readonly aheadMs: number;
}

/** Milliseconds by the server's clock, in SQL; not the time at which a transaction began. */
export const CLOCK = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

const ASK = `select current_setting('server_version_num')::bigint as number, pg_is_in_recovery() as "isStandby",
  current_setting('transaction_read_only') = 'on' as "isReadOnly",
  (select setting::bigint from pg_settings where name = 'statement_timeout') as "statementTimeout", ${CLOCK} as now`;

type Said = Omit<Server, 'version' | 'aheadMs'> & { readonly number: number; readonly now: number };

/** Asks the server. Rejects with a `DatabaseFault` for one that is too old. */
export async function askServer(session: Session, shown: string): Promise<Server> {
  const sentAt = Date.now();
  const { number, now, ...said } = onlyRow(await session.run<Said>(ASK));
  const version = versionOf(number);
  if (number < OLDEST * 10_000) throw new DatabaseFault(shown, tooOld(version));
  return { version, ...said, aheadMs: aheadOf(now, sentAt, Date.now()) ?? 0 };
}

/** From 150014 to 15.14; before version 10, from 90624 to 9.6.24. */
function versionOf(number: number): string {
  const [major, rest] = [Math.floor(number / 10_000), number % 10_000];
  return major >= 10 ? `${major}.${rest}` : `${major}.${Math.floor(rest / 100)}.${rest % 100}`;
}

const tooOld = (version: string): Reasons => ({
  why: `it is PostgreSQL ${version}, and Fairlead needs version ${OLDEST} or newer`,
  hint: 'Upgrade the server (pg_upgrade), or let DATABASE_URL name a newer one.',
});

/** Throws a `DatabaseFault` for a server that takes no writes, with what keeps it from them. */
export function mustTakeWrites({ isStandby, isReadOnly }: Server, shown: string): void {
  if (isStandby) throw new DatabaseFault(shown, READ_ONLY.standby);
  if (isReadOnly) throw new DatabaseFault(shown, READ_ONLY.setting);
}
