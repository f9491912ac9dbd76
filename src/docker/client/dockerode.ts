import { Attachments, ContainerSizes, Containers, OneContainer } from '../shapes/containers.ts';
import { Info, Version } from '../shapes/engine.ts';
import { Images, OneImage } from '../shapes/images.ts';
import { Networks } from '../shapes/networks.ts';
import { readEach, type Shape, type Shaped } from '../shapes/read.ts';
import { CachePruned, readUsage, Usage } from '../shapes/usage.ts';
import { OneVolume, Volumes } from '../shapes/volumes.ts';
import { abortError, rejectOnAbort } from './abort.ts';
import { archiveCalls } from './archive-calls.ts';
import type { CallOptions, Filters, LogQuery } from './call-options.ts';
import { demux, unframed } from './demux.ts';
import type { Call } from './dial.ts';
import { deployCalls } from './dockerode-deploy.ts';
import { execCalls } from './dockerode-exec.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { exportCalls } from './export-calls.ts';
import { toEngineError } from './faults.ts';
import { imagePath, pathId } from './ids.ts';
import { openLink, type Transport } from './link.ts';
import { lookCalls } from './look-calls.ts';
import { type PullDeadlines, pullImage } from './pull.ts';
import { type PushDeadlines, pushImage } from './push.ts';
import { LONGEST_TRANSFER_MS } from './stall.ts';
import type { DiskUsage, Network } from './types.ts';
import { wholeList } from './whole-list.ts';

/** Deadlines of the kinds of calls, in milliseconds. */
export interface Deadlines extends PullDeadlines, PushDeadlines {
  readonly quickMs: number;
  readonly slowMs: number;
  readonly exportMs: number;
}

const DEADLINES: Deadlines = {
  quickMs: 5000,
  listMs: 15_000,
  slowMs: 60_000,
  transferMs: LONGEST_TRANSFER_MS,
  pullQuietMs: 60_000,
  pushQuietMs: 180_000,
  exportMs: 600_000,
};

/** An engine without its address. */
export type EngineApi = Omit<Engine, 'reach' | 'diskFree'>;

/** The engine behind a transport, through dockerode's connection. Every answer is validated here. */
export function createEngine(transport: Transport, custom: Partial<Deadlines> = {}): EngineApi {
  const limits = { ...DEADLINES, ...custom };
  const link = openLink(transport, limits.quickMs);
  const list = { deadlineMs: limits.listMs };
  const get = <S extends Shape>(
    shape: S,
    path: string,
    options: CallOptions | undefined,
    more: Pick<Call, 'query' | 'deadlineMs'>,
  ) => link.json(shape, { method: 'GET', path, signal: options?.signal, ...more });
  const drop = (path: string, options: CallOptions | undefined, query: Call['query'] = {}) =>
    link.send({ method: 'DELETE', path, query, signal: options?.signal, deadlineMs: limits.slowMs });

  const count = () =>
    wholeList(() => get(Usage, '/system/df', undefined, { deadlineMs: limits.slowMs })).then(readUsage);
  let counting: Promise<DiskUsage> | undefined;
  // Shared by concurrent callers, since engines before 23 refuse a second count while one runs.
  const diskUsage = (options: CallOptions | undefined) => {
    counting ??= count().finally(() => {
      counting = undefined;
    });
    return rejectOnAbort(counting, options?.signal);
  };

  return {
    ...deployCalls(link, limits),
    ...archiveCalls(link, limits),
    ...execCalls(link, limits),
    ...exportCalls(link, limits),
    ...lookCalls(link, limits),
    version: (options) => get(Version, '/version', options, { deadlineMs: limits.quickMs }),
    info: (options) => get(Info, '/info', options, { deadlineMs: limits.quickMs }),
    diskUsage: async (options) => diskUsage(options),

    listImages: ({ all = false, filters }, options) =>
      wholeList(() => get(Images, '/images/json', options, { ...list, query: { all, ...filterQuery(filters) } })),
    inspectImage: async (id, options) => get(OneImage, `/images/${pathId('image', id)}/json`, options, list),
    pull: (query, onProgress, options) => pullImage(link, query, limits, { onProgress, signal: options?.signal }),
    push: (query, onProgress, options) => pushImage(link, query, limits, { onProgress, signal: options?.signal }),
    removeImage: async (idOrTag, options) => drop(`/images/${imagePath(idOrTag)}`, options),

    listContainers: ({ all = false, size, filters }, options) =>
      wholeList(() =>
        get(Containers, '/containers/json', options, {
          query: { all, size, ...filterQuery(filters) },
          deadlineMs: size ? limits.slowMs : limits.listMs,
        }),
      ),
    async containerSizes(options) {
      const query = { all: true, size: true };
      const sizes = await wholeList(() =>
        get(ContainerSizes, '/containers/json', options, { query, deadlineMs: limits.slowMs }),
      );
      return new Map(sizes.map(({ id, bytes }) => [id, bytes]));
    },
    inspectContainer: async (id, options) =>
      get(OneContainer, `/containers/${pathId('container', id)}/json`, options, list),
    async *logs(id, query, options) {
      const path = `/containers/${pathId('container', id)}/logs`;
      const signal = options?.signal;
      const call: Call = { method: 'GET', path, query: logQuery(query), signal, deadlineMs: limits.listMs };
      const stream = await link.stream(call);
      try {
        yield* query.tty ? unframed(stream) : demux(stream);
      } catch (error) {
        throw signal?.aborted ? abortError(signal) : toEngineError(error);
      } finally {
        stream.destroy();
      }
    },
    removeContainer: async (id, options, force = false) =>
      drop(`/containers/${pathId('container', id)}`, options, { v: false, ...(force ? { force } : {}) }),

    async listVolumes({ filters }, options) {
      const found = await get(Volumes, '/volumes', options, { ...list, query: filterQuery(filters) });
      return readEach(OneVolume, found.Volumes);
    },
    removeVolume: async (name, options) => drop(`/volumes/${pathId('volume', name)}`, options),
    async listNetworks({ filters, countAttached }, options) {
      const [networks, attachments] = await Promise.all([
        get(Networks, '/networks', options, { ...list, query: filterQuery(filters) }),
        countAttached ? get(Attachments, '/containers/json', options, { ...list, query: { all: true } }) : undefined,
      ]);
      return networks.map((network) => ({ ...network, attached: attachments && attachedTo(network, attachments) }));
    },
    removeNetwork: async (id, options) => drop(`/networks/${pathId('network', id)}`, options),
    async removeCache(id, options) {
      const filters = JSON.stringify({ id: [decodeURIComponent(pathId('cache', id))] });
      const call: Call = {
        method: 'POST',
        path: '/build/prune',
        query: { all: true, filters },
        deadlineMs: limits.slowMs,
      };
      const freed = await link.json(CachePruned, { ...call, signal: options?.signal });
      // An engine keeps a record that is still in use without reporting an error.
      if (!freed.CachesDeleted.includes(id)) throw new EngineError('refused', 'still in use, or already removed');
      return freed.SpaceReclaimed;
    },
    async close() {
      link.close();
    },
  };
}

function filterQuery(filters: Filters | undefined): { readonly filters?: string } {
  return filters && Object.keys(filters).length > 0 ? { filters: JSON.stringify(filters) } : {};
}

// The list of networks does not say which containers are attached; the list of containers does.
function attachedTo(network: Network, attachments: Shaped<typeof Attachments>): number {
  const listed = attachments.filter((all) =>
    all.some(({ id, name }) => (id === '' ? name === network.name : id === network.id)),
  ).length;
  return Math.max(network.attached ?? 0, listed);
}

function logQuery({ tail, since, until, timestamps, follow }: LogQuery): NonNullable<Call['query']> {
  // An engine reads an invalid tail as "all".
  const isCount = tail === 'all' || (Number.isSafeInteger(tail) && tail >= 0);
  const areTimes = [since, until].every((at) => at === undefined || (Number.isFinite(at) && at >= 0));
  if (!isCount || !areTimes) throw new EngineError('refused', 'Not a valid number of lines or time.');
  const at = (seconds: number | undefined) => seconds?.toFixed(9);
  return { stdout: true, stderr: true, tail, since: at(since), until: at(until), timestamps, follow };
}
