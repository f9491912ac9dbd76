import { messageOf } from '../../domain/errors.ts';
import { DatabaseFault, type Reasons } from '../fault.ts';

/** What the driver says of a connection that the other side closed without a word. */
const CLOSED = 'Connection terminated unexpectedly';

const RECONNECTS = 'A running Fairlead connects again at the next command.';
const unreachable = (why: string, isAway: boolean): Reasons => ({
  why,
  isAway,
  hint: `Check that PostgreSQL runs and that DATABASE_URL names its host and port. ${RECONNECTS}`,
});
const untrusted = (why: string): Reasons => ({
  why: `its TLS certificate is not accepted: ${why}`,
  hint: 'Check the host, sslmode and sslrootcert in DATABASE_URL: docs/postgres.md.',
});
const LOST: Reasons = {
  why: 'the connection to PostgreSQL was lost',
  isAway: true,
  hint: `Nothing of this was stored; try again. ${RECONNECTS}`,
};

/** A database that takes no writes. */
export const READ_ONLY = {
  standby: {
    why: 'it is a standby, which only copies another server',
    hint: 'Let DATABASE_URL name the primary, or an address that follows it; after a failover, correct the address.',
  },
  setting: {
    why: 'it takes no writes: default_transaction_read_only is on',
    hint: 'Turn it off for the database, the user in DATABASE_URL and the server: docs/postgres.md.',
  },
  /** Where a write was refused, whose server does not say which of the two it is. */
  either: {
    why: 'it takes no writes',
    hint: 'Let DATABASE_URL name the primary; there, default_transaction_read_only must be off: docs/postgres.md.',
  },
} as const satisfies Record<string, Reasons>;

export const LOCKED: Reasons = {
  why: 'another process keeps it locked',
  hint: 'pg_stat_activity shows which one, by its application_name.',
};

/** By SQLSTATE. */
const BY_STATE: Readonly<Record<string, Reasons>> = {
  '28P01': { why: 'the password is wrong', hint: 'Correct the user or the password in DATABASE_URL.' },
  '28000': { why: 'the server refuses this user', hint: 'Correct DATABASE_URL, or pg_hba.conf on the server.' },
  '3D000': { why: 'there is no such database', hint: 'Make it with `createdb`, owned by the user in DATABASE_URL.' },
  '42501': { why: 'the user may not do this', hint: 'Let the user in DATABASE_URL own the database.' },
  '53100': { why: 'the disk of PostgreSQL is full', hint: `Free space on it. ${RECONNECTS}` },
  '53300': {
    why: 'PostgreSQL has no connection left',
    isAway: true,
    hint: 'Raise max_connections, or put PgBouncer before it: docs/postgres.md.',
  },
  '55P03': LOCKED,
  '25P03': { why: 'this process took too long within a transaction', hint: LOST.hint },
  '57014': { why: 'PostgreSQL took too long to answer', hint: 'Check the load and the disk of the server.' },
  '57P03': { why: 'PostgreSQL is starting up or shutting down', hint: RECONNECTS, isAway: true },
  '25006': READ_ONLY.either,
  XX001: {
    why: 'PostgreSQL found damaged data',
    hint: 'Stop Fairlead, check the disk, and restore a backup: docs/backup.md.',
  },
};

/** By words: the driver gives its errors no code, and PgBouncer one to all of its own. The first that fits counts. */
const BY_WORDS: readonly (readonly [words: string, Reasons])[] = [
  [CLOSED, LOST],
  [
    'Query read timeout',
    {
      why: 'PostgreSQL did not answer in time',
      isAway: true,
      hint: 'Check the load of the server, and the network to it.',
    },
  ],
  [
    'not support SSL',
    {
      why: 'the server has no TLS',
      hint: 'Turn on ssl in postgresql.conf. On a network without strangers, sslmode=disable does without.',
    },
  ],
  [
    'statement pooling',
    {
      why: 'the pooler before PostgreSQL keeps no transactions together',
      hint: 'Set pool_mode = transaction for this database in PgBouncer: docs/postgres.md.',
    },
  ],
  [
    'password must be a string',
    {
      why: 'the server asks for a password',
      hint: 'Put it into DATABASE_URL: postgres://USER:PASSWORD@HOST/DATABASE.',
    },
  ],
];

/** A write whose answer was lost: the server may have carried it out. */
const UNKNOWN: Reasons = {
  why: 'the connection to PostgreSQL was lost, and whether this was stored is not known',
  hint: 'Look whether it was done before you try again: `fairlead audit` shows what was recorded.',
};
const CONFLICT: Reasons = {
  why: 'other processes wrote at the same time, again and again',
  hint: 'Nothing of this was stored; try again.',
};

/** Whether a code of Node's is an error of the network, of TLS or of name resolution. */
const isOfNetwork = (code: string): boolean => /^E[A-Z_]+$/u.test(code) || /^ERR_(?:TLS|SSL)_/u.test(code);

/** Whether a code of Node's says that the server's certificate is not trusted, or names another host. */
const isOfCertificate = (code: string): boolean => code.includes('CERT') || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';

const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
};

/** What the driver said. */
const causeOf = (error: unknown): unknown => (error instanceof DatabaseFault ? error.cause : error);

/** The fault of a write whose answer was lost. */
export const unknownOutcome = (shown: string, cause: unknown): DatabaseFault =>
  new DatabaseFault(shown, UNKNOWN, { cause });

/** Whether a pooler refused a setting that is made with the connection: PgBouncer answers so to one that it does not know. */
export function isRefusedSetting(error: unknown): boolean {
  const cause = causeOf(error);
  return codeOf(cause) === '08P01' && messageOf(cause).includes('startup parameter');
}

/** Whether the server answered that it has no TLS. */
export function isWithoutTls(error: unknown): boolean {
  return messageOf(causeOf(error)).includes('not support SSL');
}

/** Whether the server does not have what was asked of it. */
export function isUnsupported(error: unknown): boolean {
  return codeOf(error) === '0A000';
}

/** Whether the whole transaction may succeed when it is run again: a serialization failure or a deadlock. */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(causeOf(error)));
}

/** Whether the server has no table or no column of a name that a statement has. */
export function isUndefined(error: unknown): boolean {
  return ['42P01', '42703'].includes(codeOf(causeOf(error)));
}

/** Whether the error was answered by the server on a connection that goes on. Any other error ends the connection. */
export function isAnswer(error: unknown): boolean {
  const { severity } = (error ?? {}) as { severity?: unknown };
  return severity === 'ERROR';
}

/** Whether connecting may succeed a moment later: a server that restarts, or has no connection free. */
export function mayPass(error: unknown): boolean {
  const code = codeOf(error);
  if (isRefusedSetting(error)) return false;
  if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', '53300'].includes(code) || /^(?:57P0|08)/u.test(code))
    return true;
  // A proxy or load balancer before a server that is down takes the connection, and closes it.
  return messageOf(error) === CLOSED;
}

const UNREACHED = ['ECONNREFUSED', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];

/** PgBouncer has one code for a server that it cannot reach and for what it refuses. */
function isAway(code: string, said: string): boolean {
  if (code === '08P01') return /server_login_retry|query_wait_timeout|server conn/u.test(said);
  return UNREACHED.includes(code) || /^08/u.test(code);
}

/** The same error; as a `DatabaseFault` when the database is at fault, and not what was asked of it. */
export function asFault(error: unknown, shown: string): unknown {
  if (error instanceof DatabaseFault) return error;
  const reasons = reasonsOf(error);
  return reasons === undefined ? error : new DatabaseFault(shown, reasons, { cause: error });
}

function reasonsOf(error: unknown): Reasons | undefined {
  const code = codeOf(error);
  if (isConflict(error)) return CONFLICT;
  const byState = BY_STATE[code];
  if (byState) return byState;
  if (/^53/u.test(code)) return { why: messageOf(error), hint: 'Check the memory and the disk of the server.' };
  if (isAnswer(error)) return undefined;
  if (code === 'ECONNRESET' || code === 'EPIPE' || /^57P/u.test(code)) return LOST;
  const said = messageOf(error);
  const byWords = BY_WORDS.find(([words]) => said.includes(words))?.[1];
  if (byWords) return byWords;
  if (isOfCertificate(code)) return untrusted(said);
  if (/^08/u.test(code) || isOfNetwork(code)) return unreachable(said, isAway(code, said));
  return /connection|timeout|SSL|SASL/iu.test(said) ? unreachable(said, /timeout/iu.test(said)) : undefined;
}
