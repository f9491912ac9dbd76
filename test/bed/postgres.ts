import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { canInstall, installPackages, missingPackages } from '../../playground/engine/packages.ts';
import { POSTGRES_PACKAGES } from './postgres-packages.ts';

/** A real PostgreSQL of the test's own, on a port of loopback. */
export interface Postgres {
  /** The address of a new, empty database. */
  url(name?: string): Promise<string>;
  /** The address of a new, empty database through PgBouncer in transaction mode; one named `statements`, in statement mode. */
  bouncer(name?: string): Promise<string>;
  /** Runs SQL as the superuser in the database of an address; resolves to what psql prints, without headings. */
  ask(url: string, text: string): Promise<string>;
  /** Restarts the server at once, as a crash or a failover does: every connection is lost. */
  restart(): Promise<void>;
  /** Stops the server, and starts it again when what is returned is called. */
  pause(): Promise<() => Promise<void>>;
  /** Starts another server that copies this one: a hot standby, until it is promoted. */
  standby(): Promise<Standby>;
  stop(): Promise<void>;
}

export interface Standby {
  /** The address here of a database of the primary. */
  url(of: string): string;
  /** Makes it a primary of its own. */
  promote(): Promise<void>;
}

const run = promisify(execFile);
const USER = 'postgres';
const PASSWORD = 'pg-secret-7d1f';

const hasPrograms = () => missingPackages(POSTGRES_PACKAGES).length === 0;
const canRun = process.getuid?.() === 0 && (hasPrograms() || canInstall());
if (!canRun && process.env['CI'] === 'true')
  throw new Error('With CI=true the tests must not be skipped, but PostgreSQL takes root on Debian or Ubuntu.');

/** `describe` for tests that need a real PostgreSQL. */
export const describeWithPostgres = describe.skipIf(!canRun);

function binaries(): string {
  const [found] = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  if (found === undefined) throw new Error('There is no PostgreSQL under /usr/lib/postgresql.');
  return found;
}

/** Runs a program as the user that PostgreSQL runs as: it refuses root. */
async function asPostgres(program: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await run('runuser', ['-u', USER, '--', program, ...words], { cwd: '/', timeout: 60_000 });
  return stdout;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a server, installing it first where it is missing. Nothing it writes is synced: it is gone at the end. */
export async function startPostgres(): Promise<Postgres> {
  if (!hasPrograms()) await installPackages(missingPackages(POSTGRES_PACKAGES));
  const bin = binaries();
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-postgres-'));
  const { stdout: uid } = await run('id', ['-u', USER]);
  chownSync(folder, Number(uid), 0);
  const data = join(folder, 'data');
  const port = await freePort();
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  await asPostgres(
    `${bin}/initdb`,
    '-D',
    data,
    '-U',
    USER,
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  );
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    // Of every database that a test file makes, PgBouncer keeps connections for a while.
    max_connections: 400,
  };
  writeFileSync(
    join(data, 'postgresql.auto.conf'),
    Object.entries(settings)
      .map(([name, value]) => `${name} = '${value}'\n`)
      .join(''),
  );
  const control = (...words: readonly string[]) => asPostgres(`${bin}/pg_ctl`, '-D', data, '-w', '-s', ...words);
  const start = () => control('start', '-l', join(folder, 'log'));
  const halt = (mode: string) => control('stop', '-m', mode);
  await start();

  let bouncer: Promise<Bouncer> | undefined;
  const standbys: { stop(): Promise<void> }[] = [];
  const addressOn = (at: number, name: string) => `postgres://${USER}:${PASSWORD}@127.0.0.1:${at}/${name}`;
  const ask = async (url: string, text: string) => {
    const direct = addressOn(port, new URL(url).pathname.slice(1));
    const { stdout } = await run(`${bin}/psql`, ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-c', text, direct]);
    return stdout.trim();
  };
  const create = async (name = `test_${randomBytes(6).toString('hex')}`) => {
    await ask(addressOn(port, 'postgres'), `create database ${name}`);
    return name;
  };
  return {
    ask,
    url: async (name) => addressOn(port, await create(name)),
    async bouncer(name) {
      bouncer ??= startBouncer(folder, port);
      return addressOn((await bouncer).port, await create(name));
    },
    async restart() {
      await halt('immediate');
      await start();
    },
    async pause() {
      await halt('immediate');
      return async () => void (await start());
    },
    async standby() {
      const standby = await startStandby(bin, join(folder, `standby-${standbys.length}`), addressOn(port, 'postgres'));
      standbys.push(standby);
      return standby;
    },
    async stop() {
      await (await bouncer)?.stop();
      await Promise.all(standbys.map((standby) => standby.stop()));
      // On a machine that is too busy to end it in time; what still writes there would keep the folder from being removed.
      await halt('immediate').catch(() => kill(data));
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** SIGKILL to the server of a data folder; its processes end without it. */
async function kill(data: string): Promise<void> {
  await run('sh', ['-c', `kill -9 "$(head -n 1 ${data}/postmaster.pid)"`]).catch(() => {});
}

interface Bouncer {
  readonly port: number;
  stop(): Promise<void>;
}

async function startStandby(bin: string, data: string, primary: string): Promise<Standby & { stop(): Promise<void> }> {
  const port = await freePort();
  await asPostgres(`${bin}/pg_basebackup`, '-d', primary, '-D', data, '-R', '-c', 'fast', '--no-sync');
  const control = (...words: readonly string[]) => asPostgres(`${bin}/pg_ctl`, '-D', data, '-w', '-s', ...words);
  await control('start', '-l', `${data}.log`, '-o', `-p ${port}`);
  return {
    url: (of) => Object.assign(new URL(of), { port }).href,
    promote: async () => void (await control('promote')),
    stop: async () => void (await control('stop', '-m', 'immediate').catch(() => {})),
  };
}

/** PgBouncer as people set it up: one pool for all, which gives a connection for each transaction. */
async function startBouncer(folder: string, server: number): Promise<Bouncer> {
  const port = await freePort();
  const users = join(folder, 'users');
  const pidFile = join(folder, 'pgbouncer.pid');
  writeFileSync(users, `"${USER}" "${PASSWORD}"\n`, { mode: 0o644 });
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: users,
    pool_mode: 'transaction',
    default_pool_size: 8,
    max_client_conn: 200,
    server_login_retry: 1,
    pidfile: pidFile,
    logfile: join(folder, 'pgbouncer.log'),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const file = join(folder, 'pgbouncer.ini');
  const at = `host=127.0.0.1 port=${server}`;
  writeFileSync(
    file,
    ['[databases]', `statements = ${at} pool_mode=statement`, `* = ${at}`, '[pgbouncer]', ...lines, ''].join('\n'),
  );
  await asPostgres('pgbouncer', '-d', file);
  return {
    port,
    stop: async () => void (await run('sh', ['-c', `kill "$(cat ${pidFile})"`]).catch(() => {})),
  };
}
