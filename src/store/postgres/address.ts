import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { messageOf, UserError } from '../../domain/errors.ts';

/** Where a database is, as DATABASE_URL says it. */
export interface Address {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  /** Undefined: not encrypted. */
  readonly tls: ConnectionOptions | undefined;
  /** Whether a server without TLS is connected to as well (`sslmode=prefer`). */
  readonly isTlsOptional: boolean;
  /** The address without its password, as it is shown to people. */
  readonly shown: string;
}

const EXAMPLE = 'Use postgres://fairlead:PASSWORD@db.example.com:5432/fairlead?sslmode=verify-full.';
const MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
const FILES = ['sslrootcert', 'sslcert', 'sslkey'] as const;
const OPTIONS: readonly string[] = ['host', 'sslmode', ...FILES];

/** Reads `postgres://user:password@host:port/database?sslmode=…`. Throws a `UserError` that never shows the password. */
export function addressOf(url: string): Address {
  const parts = URL.parse(url);
  const options = parts?.searchParams ?? new URLSearchParams();
  const other = [...options.keys()].find((name) => !OPTIONS.includes(name));
  // Such a character ends the part with the account: what follows is no option, it is the rest of the password.
  const [, account = '', rest = ''] = /^[^:]*:\/\/([^/?#]*)(.*)$/su.exec(url) ?? [];
  if (rest.includes('@') && (!account.includes('@') || other !== undefined))
    throw refusal('has a /, ? or # in its password', 'Write / as %2F, ? as %3F and # as %23.');
  if (!parts) throw refusal('is no address');
  if (other !== undefined) throw refusal(`has the option "${other}"`, `It takes ${OPTIONS.join(', ')}.`);
  const user = decoded(parts.username);
  const database = decoded(parts.pathname.slice(1));
  const host = options.get('host') ?? decoded(parts.hostname);
  if (user === '') throw refusal('names no user');
  if (database === '' || database.includes('/')) throw refusal('names no database');
  if (host === '') throw refusal('names no host');
  const port = Number(parts.port || 5432);
  const mode = modeOf(options, host);
  return {
    host,
    port,
    user,
    password: parts.password === '' ? undefined : decoded(parts.password),
    database,
    tls: mode === 'disable' ? undefined : tlsOf(mode, options),
    isTlsOptional: mode === 'prefer',
    shown: `postgres://${user}@${host.startsWith('/') ? encodeURIComponent(host) : host}:${port}/${database}`,
  };
}

type Mode = (typeof MODES)[number];

function modeOf(options: URLSearchParams, host: string): Mode {
  const said = options.get('sslmode');
  // As psql does; on a socket there is nothing to encrypt.
  if (said === null) return host.startsWith('/') ? 'disable' : 'prefer';
  const mode = MODES.find((one) => one === said);
  if (mode === undefined) throw refusal(`has sslmode=${said}`, `It is one of ${MODES.join(', ')}.`);
  return mode;
}

/** The meanings are libpq's: `require` checks no name, and no certificate without a `sslrootcert`. */
function tlsOf(mode: Mode, options: URLSearchParams): ConnectionOptions {
  const [ca, cert, key] = FILES.map((name) => {
    const path = options.get(name);
    return path === null || path === 'system' ? undefined : contentOf(name, path);
  });
  const verifies = mode.startsWith('verify') || (mode === 'require' && ca !== undefined);
  return {
    rejectUnauthorized: verifies,
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function contentOf(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw refusal(
      `names a ${option} that cannot be read: ${messageOf(error)}`,
      'Correct the path, or its permissions.',
    );
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refusal('has a % that begins no escape', 'Write it as %25.');
  }
}

function refusal(what: string, hint = EXAMPLE): UserError {
  return new UserError('not_configured', `DATABASE_URL ${what}.`, hint);
}
