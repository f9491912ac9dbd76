import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Distribution registry on the loopback, with a password. */
export interface LocalRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
  stop(): Promise<void>;
}

const USERNAME = 'fairlead';
const PASSWORD = 'tide-and-rope';
// Bcrypt, cost 12, of the password above: the registry takes no other kind.
const PASSWORD_HASH = '$2b$12$twN1HjZu6fY5SL9s8ujgJu6RyNfihrqATSG.Xf09VPAmoX4pQKmve';

export async function startRegistry(): Promise<LocalRegistry> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-registry-'));
  const port = await freePort();
  writeFileSync(join(dir, 'htpasswd'), `${USERNAME}:${PASSWORD_HASH}\n`);
  writeFileSync(
    join(dir, 'config.yml'),
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${dir}/data }, delete: { enabled: true } }\nhttp: { addr: "127.0.0.1:${port}" }\nauth: { htpasswd: { realm: fairlead, path: ${dir}/htpasswd } }\n`,
  );
  // Ends with us, however we end: its standard input is a pipe that closes.
  const child: ChildProcess = spawn(
    'sh',
    [
      '-c',
      'docker-registry serve "$1" >"$2/log" 2>&1 & pid=$!; cat >/dev/null; kill $pid; rm -rf "$2"',
      'registry',
      join(dir, 'config.yml'),
      dir,
    ],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true },
  );
  await answering(port);
  const stop = async () => {
    child.stdin?.end();
    if (child.exitCode === null) await once(child, 'exit');
    rmSync(dir, { recursive: true, force: true });
  };
  return { host: `127.0.0.1:${port}`, username: USERNAME, password: PASSWORD, stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

async function answering(port: number): Promise<void> {
  const until = Date.now() + 15_000;
  while (Date.now() < until) {
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`, { signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    );
    if (answer?.status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The registry did not start.');
}
