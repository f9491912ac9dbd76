import { request } from 'node:http';
import { messageOf } from '../../src/domain/errors.ts';
import type { HostSeen } from '../web/protocol.ts';
import { sendToEngine } from './api.ts';

const SETTLE_MS = 120;
const AGAIN_MS = 2000;
// Docker's text for how long a container has been running changes without an event.
const REFRESH_MS = 15_000;

interface Listed {
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly State: string;
  readonly Status: string;
}

interface ListedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly Size: number;
}

/**
 * Watches containers and images of the hosts, by the engines' events. Only reads, and only while somebody subscribes.
 */
export function watchHosts(hosts: readonly { readonly name: string; readonly socketPath: string }[]): {
  subscribe(listener: (hosts: readonly HostSeen[]) => void): () => void;
} {
  const listeners = new Set<(hosts: readonly HostSeen[]) => void>();
  const latest = new Map<string, HostSeen>();
  let ends: (() => void)[] = [];
  const tell = () => {
    if (latest.size < hosts.length) return;
    for (const listener of listeners) listener(hosts.flatMap(({ name }) => latest.get(name) ?? []));
  };
  return {
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1)
        ends = hosts.map((host) =>
          watchHost(host.socketPath, async () => {
            latest.set(host.name, await look(host.name, host.socketPath));
            tell();
          }),
        );
      else tell();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        for (const end of ends.splice(0)) end();
        latest.clear();
      };
    },
  };
}

/** Calls `changed` now, and shortly after each burst of events. Returns a function that stops it. */
function watchHost(socketPath: string, changed: () => Promise<void>): () => void {
  const given = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const later = (ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void changed();
    }, ms);
    timer.unref();
  };
  const listen = () => {
    if (given.signal.aborted) return;
    void changed();
    const filters = encodeURIComponent(JSON.stringify({ type: ['container', 'image'] }));
    const again = () => setTimeout(listen, AGAIN_MS).unref();
    const events = request({ socketPath, path: `/events?filters=${filters}`, signal: given.signal }, (response) => {
      response.on('data', (chunk: Buffer) => {
        // Each health check runs as an exec with events of its own; its result is an event too.
        if (/"Action":"(?!exec_)/u.test(chunk.toString('utf8'))) later(SETTLE_MS);
      });
      response.on('error', () => undefined).on('close', again);
    });
    events.on('error', again).end();
  };
  listen();
  const refresh = setInterval(() => later(0), REFRESH_MS).unref();
  return () => {
    given.abort();
    clearInterval(refresh);
    clearTimeout(timer);
  };
}

async function look(name: string, socketPath: string): Promise<HostSeen> {
  const list = async (path: string) => {
    const signal = AbortSignal.timeout(5000);
    const { status, text } = await sendToEngine(socketPath, { method: 'GET', path, signal });
    if (status !== 200) throw new Error(`${status} ${text.slice(0, 200)}`);
    return JSON.parse(text) as unknown;
  };
  try {
    const containers = (await list('/containers/json?all=true')) as Listed[];
    const images = (await list('/images/json')) as ListedImage[];
    const used = new Set(containers.map((one) => one.ImageID));
    return {
      name,
      containers: containers.map((one) => {
        const health = /\((?:health: )?(starting|healthy|unhealthy)\)/u.exec(one.Status)?.[1];
        const said = health === undefined ? {} : { health };
        return { name: nameOf(one), image: one.Image, state: one.State, status: one.Status, ...said };
      }),
      images: images
        .flatMap(({ Id, RepoTags, Size }) =>
          (RepoTags?.length ? RepoTags : ['<none>']).map((tag) => ({
            id: Id.replace('sha256:', '').slice(0, 12),
            name: tag.replace(/^<none>:<none>$/u, '<none>'),
            bytes: Size,
            inUse: used.has(Id),
          })),
        )
        .sort((a, b) => a.name.localeCompare(b.name)),
    };
  } catch (error) {
    return { name, down: messageOf(error), containers: [], images: [] };
  }
}

function nameOf({ Names }: Listed): string {
  return Names[0]?.slice(1) ?? '';
}
