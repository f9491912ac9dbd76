import { bodyForPodman, podmanAsDocker } from '../shapes/podman.ts';
import { Created, Distribution, RawContainer, RawImage, Updated } from '../shapes/raw.ts';
import type { Shape } from '../shapes/read.ts';
import { Services, Tasks } from '../shapes/swarm.ts';
import type { CallOptions, Filters } from './call-options.ts';
import type { DeployCalls } from './deploy-calls.ts';
import type { Call } from './dial.ts';
import { EngineError } from './engine-error.ts';
import { containerEvents } from './events.ts';
import { imagePath, parseReference, pathId, referencePath } from './ids.ts';
import type { Link } from './link.ts';
import { platformQuery } from './platform-query.ts';
import { authHeaders } from './registry-auth.ts';

interface Limits {
  readonly listMs: number;
  readonly slowMs: number;
}

/** Milliseconds after the stop timeout in which an engine must answer that the container stopped. */
const STOP_EXTRA_MS = 15_000;
/** Longest wait for a container without a stop timeout (`--stop-timeout -1`). */
const STOP_AT_MOST_S = 600;

const stopMs = (seconds: number) => (seconds < 0 ? STOP_AT_MOST_S : seconds) * 1000 + STOP_EXTRA_MS;

/** The rollout calls over one link. Every id is validated before it becomes part of a path. */
export function deployCalls(link: Link, limits: Limits): DeployCalls {
  const get = <S extends Shape>(shape: S, path: string, options: CallOptions | undefined, more: Partial<Call> = {}) =>
    link.json(shape, { method: 'GET', path, signal: options?.signal, deadlineMs: limits.listMs, ...more });
  const post = (path: string, options: CallOptions | undefined, more: Partial<Call> = {}) =>
    link.send({ method: 'POST', path, signal: options?.signal, deadlineMs: limits.slowMs, ...more });
  const container = (id: string, action: string) => `/containers/${pathId('container', id)}/${action}`;

  const distribution: DeployCalls['inspectDistribution'] = async (reference, auth, options) => {
    const path = `/distribution/${referencePath(parseReference(reference))}/json`;
    try {
      // The engine waits for the registry, which may be slow.
      return await get(Distribution, path, options, { headers: authHeaders(auth), deadlineMs: limits.slowMs });
    } catch (error) {
      if (error instanceof EngineError && error.fault === 'not_found') return null;
      throw error;
    }
  };

  return {
    async inspectRaw(id, options) {
      const raw = await get(RawContainer, container(id, 'json'), options);
      return link.isPodman() ? podmanAsDocker(raw) : raw;
    },
    containerEvents: async (id, between, options) =>
      containerEvents(link, id, between, { signal: options?.signal, deadlineMs: limits.listMs }),
    async createContainer({ name, body, platform }, options) {
      const query = { name: ownName(name), platform };
      const own = link.isPodman() ? bodyForPodman(body) : body;
      const call: Call = { method: 'POST', path: '/containers/create', query, body: own, deadlineMs: limits.slowMs };
      return (await link.json(Created, { ...call, signal: options?.signal })).Id;
    },
    startContainer: async (id, options) => post(container(id, 'start'), options),
    stopContainer: async (id, seconds, options) =>
      post(container(id, 'stop'), options, {
        query: { t: seconds },
        deadlineMs: stopMs(seconds),
      }),
    restartContainer: async (id, seconds, options) =>
      post(container(id, 'restart'), options, { query: { t: seconds }, deadlineMs: stopMs(seconds) + limits.slowMs }),
    killContainer: async (id, signal, options) => post(container(id, 'kill'), options, { query: { signal } }),
    pauseContainer: async (id, options) => post(container(id, 'pause'), options),
    unpauseContainer: async (id, options) => post(container(id, 'unpause'), options),
    async updateContainer(id, update, options) {
      const { memory, memorySwap, nanoCpus, pids, restart } = update;
      const policy = restart && { Name: restart.name, MaximumRetryCount: restart.maximumRetryCount };
      const body = {
        Memory: memory,
        MemorySwap: memorySwap,
        NanoCpus: nanoCpus,
        PidsLimit: pids,
        RestartPolicy: policy,
      };
      const call: Call = { method: 'POST', path: container(id, 'update'), body, deadlineMs: limits.slowMs };
      return (await link.json(Updated, { ...call, signal: options?.signal })).Warnings;
    },
    renameContainer: async (id, name, options) =>
      post(container(id, 'rename'), options, { query: { name: ownName(name) } }),
    updateRestartPolicy: async (id, { name, maximumRetryCount }, options) =>
      post(container(id, 'update'), options, {
        body: { RestartPolicy: { Name: name, MaximumRetryCount: maximumRetryCount } },
      }),
    connectNetwork: async (networkId, containerId, endpoint, options) =>
      post(`/networks/${pathId('network', networkId)}/connect`, options, {
        body: { Container: pathId('container', containerId), EndpointConfig: endpoint },
      }),
    disconnectNetwork: async (networkId, containerId, options) =>
      post(`/networks/${pathId('network', networkId)}/disconnect`, options, {
        body: { Container: pathId('container', containerId) },
      }),

    async imageConfig(idOrReference, options) {
      const query = platformQuery(options?.platform, link.minor());
      const image = get(RawImage, `/images/${imagePath(idOrReference)}/json`, options, { query });
      return image.catch((error: unknown) => {
        throw error instanceof EngineError && error.status === 404 && query.platform !== undefined
          ? new EngineError('not_found', error.engineSaid, error.status, error)
          : error;
      });
    },
    tagImage: async (id, { repository, tag }, options) => {
      const { name } = parseReference(`${repository}:${tag}`);
      return post(`/images/${pathId('image', id)}/tag`, options, { query: { repo: name, tag } });
    },
    inspectDistribution: distribution,
    resolveDigest: async (reference, auth, options) => (await distribution(reference, auth, options))?.digest ?? null,
    checkAuth: async ({ username, password, serverAddress }, options) =>
      post('/auth', options, { body: { username, password, serveraddress: serverAddress } }),

    listServices: async ({ filters }, options) => get(Services, '/services', options, { query: queryOf(filters) }),
    updateService: async (id, { version, spec, rollback, auth }, options) =>
      post(`/services/${pathId('service', id)}/update`, options, {
        query: { version, rollback: rollback ? 'previous' : undefined },
        headers: authHeaders(auth),
        body: spec,
      }),
    listTasks: async ({ filters }, options) => get(Tasks, '/tasks', options, { query: queryOf(filters) }),
  };
}

const queryOf = (filters: Filters | undefined) => (filters ? { filters: JSON.stringify(filters) } : {});

function ownName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/u.test(name)) return name;
  throw new EngineError('refused', 'Not a name a container can have.');
}
