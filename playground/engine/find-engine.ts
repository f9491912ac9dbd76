import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface FoundEngine {
  /** `unix://…` or `tcp://…`. */
  readonly url: string;
  /** Where the engine was found, for messages. */
  readonly source: string;
}

const PING_MS = 1000;

/** Finds an engine that answers on this machine: DOCKER_HOST, then Docker's context, then the usual sockets. */
export async function locateEngine(wanted: { readonly socketOnly?: boolean } = {}): Promise<FoundEngine | undefined> {
  for (const candidate of candidates()) {
    if (wanted.socketOnly && !candidate.url.startsWith('unix://')) continue;
    if (await answers(candidate.url)) return candidate;
  }
  return undefined;
}

/** Finds an engine that answers on a socket. Returns the path of the socket. */
export async function findEngine(): Promise<string | undefined> {
  return (await locateEngine({ socketOnly: true }))?.url.slice('unix://'.length);
}

function candidates(): FoundEngine[] {
  const rootless = process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.getuid?.() ?? 0}`;
  const named = process.env['DOCKER_HOST'];
  const context = contextEngine();
  const sockets: Record<string, string> = {
    '/var/run/docker.sock': 'Docker',
    [`${homedir()}/.docker/run/docker.sock`]: 'Docker Desktop',
    [`${rootless}/docker.sock`]: 'rootless Docker',
    '/run/podman/podman.sock': 'Podman',
    [`${rootless}/podman/podman.sock`]: 'rootless Podman',
  };
  return [
    ...(named ? [{ url: named, source: 'DOCKER_HOST' }] : []),
    ...(context ? [context] : []),
    ...Object.entries(sockets)
      .filter(([path]) => existsSync(path))
      .map(([path, source]) => ({ url: `unix://${path}`, source })),
  ];
}

// The docker CLI stores each context under the digest of its name. A file that cannot be read counts as no context.
function contextEngine(): FoundEngine | undefined {
  const folder = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  try {
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as { currentContext?: string };
    const name = process.env['DOCKER_CONTEXT'] ?? config.currentContext;
    if (name === undefined || name === 'default') return undefined;
    const digest = createHash('sha256').update(name).digest('hex');
    const meta = JSON.parse(readFileSync(join(folder, 'contexts/meta', digest, 'meta.json'), 'utf8')) as {
      Endpoints?: { docker?: { Host?: string } };
    };
    const url = meta.Endpoints?.docker?.Host;
    return url ? { url, source: `Docker context ${name}` } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an engine answers a ping within a second. False for ssh and TLS: these need keys. */
function answers(url: string): Promise<boolean> {
  const target = /^unix:\/\/(?<socketPath>.+)$/u.exec(url)?.groups;
  const web = /^(?:tcp|http):\/\/(?<host>[^/:]+|\[[^\]]+\]):(?<port>\d+)/u.exec(url)?.groups;
  const where = target ?? (web && { host: web['host']?.replace(/^\[|\]$/gu, '') ?? '', port: web['port'] ?? '' });
  if (!where) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ping = request({ ...where, path: '/_ping', signal: AbortSignal.timeout(PING_MS) }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('error', () => resolve(false)).end();
  });
}
