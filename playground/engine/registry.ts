import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { SYSTEM_ENV } from './host.ts';

/** A Distribution registry with a password. */
export interface LocalRegistry {
  /** `127.0.0.1:port`, or at the address it was told. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
  stop(): Promise<void>;
}

/** The header with an account for pulls and pushes: base64url with padding, without which some engines ignore it. */
export function registryAuth({ username, password, host }: Pick<LocalRegistry, 'host' | 'username' | 'password'>): {
  readonly 'X-Registry-Auth': string;
} {
  const text = JSON.stringify({ username, password, serveraddress: host });
  return { 'X-Registry-Auth': Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_') };
}

const USERNAME = 'fairlead';
// The registry accepts only bcrypt, and computes it for every request: hence the lowest cost.
const COST = 4;
const READY_MS = 15_000;

// Ends the registry when this process ends, however that happens: its standard input is a pipe that closes. Only the
// registry keeps the output open, so the output closes when the registry has ended.
const SCRIPT = `trap '' INT TERM HUP
docker-registry serve "$1/config.yml" 2>&1 & pid=$!
exec >&-
cat >/dev/null; kill $pid; wait $pid; [ -e "$1/keep" ] || rm -rf "$1"`;

export interface RegistryOptions {
  /** A folder that is kept: content and port are the same at the next start. */
  readonly keptIn?: string;
  /** Address to listen at; the loopback, to which engines speak plain http, when left out. */
  readonly address?: string;
  /** Files of its certificate; plain http without them. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Whether manifests may be deleted: yes, unless told otherwise. */
  readonly deletes?: boolean;
}

/** Starts a registry. */
export async function startRegistry(options: RegistryOptions = {}): Promise<LocalRegistry> {
  const { address = '127.0.0.1', tls, deletes = true } = options;
  const dir = options.keptIn ?? mkdtempSync(join(tmpdir(), 'fairlead-registry-'));
  const password = randomBytes(13).toString('hex');
  const known = join(dir, 'port');
  const port = existsSync(known) ? readFileSync(known, 'utf8') : '0';
  if (options.keptIn !== undefined) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(join(dir, 'keep'), '');
  }
  writeFileSync(join(dir, 'htpasswd'), `${USERNAME}:${hashSync(password, COST)}\n`, { mode: 0o600 });
  // Port 0: the registry picks a free port and prints it. A port looked up here could be taken by the time it listens.
  writeFileSync(
    join(dir, 'config.yml'),
    `version: 0.1
log: { level: info, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${dir}/data }, delete: { enabled: ${deletes} } }
http: { addr: "${address}:${port}"${tls === undefined ? '' : `, tls: { certificate: "${tls.certificate}", key: "${tls.key}" }`} }
auth: { htpasswd: { realm: fairlead, path: ${dir}/htpasswd } }
`,
  );
  const child = spawn('sh', ['-c', SCRIPT, 'fairlead-registry', dir], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    env: SYSTEM_ENV,
  });
  child.unref();
  const ended = once(child, 'exit');
  ended.catch(() => undefined);
  const stop = async () => {
    child.ref();
    child.stdin.end();
    await ended;
    if (options.keptIn === undefined) rmSync(dir, { recursive: true, force: true });
  };
  try {
    const host = await listening(child.stdout);
    if (options.keptIn !== undefined) writeFileSync(known, host.slice(host.indexOf(':') + 1));
    for (const pipe of [child.stdin, child.stdout]) (pipe as Socket).unref();
    return { host, username: USERNAME, password, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listening(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => reject(new Error(`The registry did not start: ${why}\n${said.slice(-2000)}`));
    const deadline = setTimeout(() => fail(`silent for ${READY_MS / 1000} s`), READY_MS);
    output.on('end', () => {
      clearTimeout(deadline);
      fail('it ended');
    });
    // Keeps reading: a full pipe would block the registry.
    output.on('data', (chunk: Buffer) => {
      if (said.length < 100_000) said += chunk.toString('utf8');
      const found = /listening on ([\d.]{7,15}:\d+)/u.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(deadline);
      resolve(found);
    });
  });
}
