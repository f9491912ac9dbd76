import { anyOf } from './abort.ts';
import type { Breaker } from './breaker.ts';
import type { DeployCalls } from './deploy-calls.ts';
import type { CallOptions, Engine, LogChunk } from './engine.ts';
import type { Lane, Limits } from './limits.ts';

type Kind = { readonly lane: Lane; readonly priority: number };

const QUICK: Kind = { lane: 'quick', priority: 3 };
const CHANGE: Kind = { lane: 'quick', priority: 6 };
const SLOW: Kind = { lane: 'slow', priority: 5 };

type Run = <T>(kind: Kind, options: CallOptions | undefined, call: (own: CallOptions) => Promise<T>) => Promise<T>;

/** The engine of one host with its share of the limits; `until`, when given, ends every call as well. */
export function limitEngine(
  engine: Engine,
  host: string,
  limits: Limits,
  breaker: Breaker,
  until?: AbortSignal,
): Engine {
  const run: Run = (kind, options, call) => {
    const work = (signal: AbortSignal) => breaker.run(() => call({ signal }), kind === QUICK);
    return limits.onHost(host, work, { ...kind, signal: anyOf(options?.signal, until) });
  };
  return {
    reach: engine.reach,
    diskFree: (options) => run(QUICK, options, (own) => engine.diskFree(own)),
    ...limitDeploy(engine, run),
    version: (options) => run(QUICK, options, (own) => engine.version(own)),
    info: (options) => run(QUICK, options, (own) => engine.info(own)),
    diskUsage: (options) => run(SLOW, options, (own) => engine.diskUsage(own)),
    listImages: (query, options) => run(QUICK, options, (own) => engine.listImages(query, own)),
    inspectImage: (id, options) => run(QUICK, options, (own) => engine.inspectImage(id, own)),
    pull: (query, onProgress, options) => run(SLOW, options, (own) => engine.pull(query, onProgress, own)),
    removeImage: (id, options) => run(CHANGE, options, (own) => engine.removeImage(id, own)),
    listContainers: (query, options) =>
      run(query.size ? SLOW : QUICK, options, (own) => engine.listContainers(query, own)),
    containerSizes: (options) => run(SLOW, options, (own) => engine.containerSizes(own)),
    inspectContainer: (id, options) => run(QUICK, options, (own) => engine.inspectContainer(id, own)),
    logs(id, query, options) {
      const signal = anyOf(options?.signal, until);
      // A follow is quiet most of its hours and would keep a place from everybody else.
      if (query.follow) return watched(breaker, () => engine.logs(id, query, { signal }));
      return held(host, limits, signal, (own) => watched(breaker, () => engine.logs(id, query, { signal: own })));
    },
    removeContainer: (id, options) => run(CHANGE, options, (own) => engine.removeContainer(id, own)),
    listVolumes: (query, options) => run(QUICK, options, (own) => engine.listVolumes(query, own)),
    removeVolume: (name, options) => run(CHANGE, options, (own) => engine.removeVolume(name, own)),
    listNetworks: (query, options) => run(QUICK, options, (own) => engine.listNetworks(query, own)),
    removeNetwork: (id, options) => run(CHANGE, options, (own) => engine.removeNetwork(id, own)),
    removeCache: (id, options) => run(SLOW, options, (own) => engine.removeCache(id, own)),
    close: () => engine.close(),
  };
}

async function* watched(breaker: Breaker, open: () => AsyncIterable<LogChunk>): AsyncGenerator<LogChunk> {
  breaker.check();
  yield* open();
}

/** Holds a place in the slow lane for as long as the log is read. */
async function* held(
  host: string,
  limits: Limits,
  signal: AbortSignal,
  open: (signal: AbortSignal) => AsyncIterable<LogChunk>,
): AsyncGenerator<LogChunk> {
  const begun = Promise.withResolvers<AbortSignal>();
  const ended = Promise.withResolvers<void>();
  const work = (own: AbortSignal) => {
    begun.resolve(own);
    return ended.promise;
  };
  limits.onHost(host, work, { ...SLOW, signal }).catch(begun.reject);
  try {
    yield* open(await begun.promise);
  } finally {
    ended.resolve();
  }
}

function limitDeploy(engine: Engine, run: Run): DeployCalls {
  return {
    inspectRaw: (id, options) => run(QUICK, options, (own) => engine.inspectRaw(id, own)),
    createContainer: (query, options) => run(CHANGE, options, (own) => engine.createContainer(query, own)),
    startContainer: (id, options) => run(CHANGE, options, (own) => engine.startContainer(id, own)),
    // Lasts as long as the container takes to end.
    stopContainer: (id, seconds, options) => run(SLOW, options, (own) => engine.stopContainer(id, seconds, own)),
    renameContainer: (id, name, options) => run(CHANGE, options, (own) => engine.renameContainer(id, name, own)),
    updateRestartPolicy: (id, policy, options) =>
      run(CHANGE, options, (own) => engine.updateRestartPolicy(id, policy, own)),
    connectNetwork: (networkId, id, endpoint, options) =>
      run(CHANGE, options, (own) => engine.connectNetwork(networkId, id, endpoint, own)),
    disconnectNetwork: (networkId, id, options) =>
      run(CHANGE, options, (own) => engine.disconnectNetwork(networkId, id, own)),
    imageConfig: (id, options) => run(QUICK, options, (own) => engine.imageConfig(id, own)),
    tagImage: (id, tag, options) => run(CHANGE, options, (own) => engine.tagImage(id, tag, own)),
    resolveDigest: (reference, auth, options) =>
      run(SLOW, options, (own) => engine.resolveDigest(reference, auth, own)),
    listServices: (query, options) => run(QUICK, options, (own) => engine.listServices(query, own)),
    updateService: (id, update, options) => run(CHANGE, options, (own) => engine.updateService(id, update, own)),
    listTasks: (query, options) => run(QUICK, options, (own) => engine.listTasks(query, own)),
  };
}
