import type { Observer } from '../../observe.ts';
import { anySignal } from '../client/abort.ts';
import type { CallOptions } from '../client/call-options.ts';
import type { Engine } from '../client/engine.ts';
import type { Breaker } from './breaker.ts';
import { type Caller, changes, type EngineCall, kindOf } from './call-kinds.ts';
import type { Limits, WorkOptions } from './limits.ts';
import { observeCall, observeStream } from './observe-call.ts';

/** The limits of the calls of one engine. */
export interface Limited {
  readonly host: string;
  readonly limits: Limits;
  readonly breaker: Breaker;
  readonly caller: Caller;
  /** Aborts every call. */
  readonly until?: AbortSignal | undefined;
  /** The person whose share of the host the calls take. */
  readonly person?: string | undefined;
  /** Asked right before each call that changes something. */
  readonly mayChange?: (() => Promise<void>) | undefined;
  readonly observer: Observer;
}

/** Limits each call of an engine by its kind (`call-kinds.ts`). */
export function limitEngine(engine: Engine, limited: Limited): Engine {
  const { host, limits, breaker, caller, until, person, mayChange, observer } = limited;
  const run = <T>(
    name: EngineCall,
    options: CallOptions | undefined,
    call: (own: CallOptions) => Promise<T>,
  ): Promise<T> => {
    const kind = kindOf(name, caller);
    const observed = (signal: AbortSignal) => observeCall(observer, { host, call: name }, () => call({ signal }));
    const work = async (signal: AbortSignal) => {
      if (changes(name)) await mayChange?.();
      return breaker.run(() => observed(signal), kind.isQuick);
    };
    return limits.onHost(host, work, { ...kind, person, signal: anySignal(options?.signal, until) });
  };
  const stream = <T>(name: EngineCall, open: () => AsyncIterable<T>) =>
    openUnlessDead(breaker, () => observeStream(observer, { host, call: name }, open));
  return {
    reach: engine.reach,
    close: () => engine.close(),
    logs(id, query, options) {
      const signal = anySignal(options?.signal, until);
      // A followed log is idle most of the time and would block a place for hours.
      if (query.follow) return openUnlessDead(breaker, () => engine.logs(id, query, { signal }));
      return holdPlace(limited, { ...kindOf('logs', caller), person, signal }, (own) =>
        stream('logs', () => engine.logs(id, query, { signal: own })),
      );
    },
    startExec(execId, options) {
      const signal = anySignal(options?.signal, until);
      return holdPlace(limited, { ...kindOf('startExec', caller), person, signal }, (own) =>
        stream('startExec', () => engine.startExec(execId, { signal: own })),
      );
    },
    exportImage(id, options) {
      const signal = anySignal(options?.signal, until);
      return holdPlace(limited, { ...kindOf('exportImage', caller), person, signal }, (own) =>
        stream('exportImage', () => engine.exportImage(id, { signal: own })),
      );
    },
    createExec: (id, command, options) => run('createExec', options, (own) => engine.createExec(id, command, own)),
    inspectExec: (execId, options) => run('inspectExec', options, (own) => engine.inspectExec(execId, own)),
    // Sizes make a list slow.
    listContainers: (query, options) =>
      run(query.size ? 'containerSizes' : 'listContainers', options, (own) => engine.listContainers(query, own)),

    version: (options) => run('version', options, (own) => engine.version(own)),
    info: (options) => run('info', options, (own) => engine.info(own)),
    diskFree: (options) => run('diskFree', options, (own) => engine.diskFree(own)),
    diskUsage: (options) => run('diskUsage', options, (own) => engine.diskUsage(own)),
    listImages: (query, options) => run('listImages', options, (own) => engine.listImages(query, own)),
    inspectImage: (id, options) => run('inspectImage', options, (own) => engine.inspectImage(id, own)),
    imageConfig: (id, options) =>
      run('imageConfig', options, (own) => engine.imageConfig(id, { ...own, platform: options?.platform })),
    inspectDistribution: (reference, auth, options) =>
      run('inspectDistribution', options, (own) => engine.inspectDistribution(reference, auth, own)),
    resolveDigest: (reference, auth, options) =>
      run('resolveDigest', options, (own) => engine.resolveDigest(reference, auth, own)),
    checkAuth: (auth, options) => run('checkAuth', options, (own) => engine.checkAuth(auth, own)),
    pull: (query, onProgress, options) => run('pull', options, (own) => engine.pull(query, onProgress, own)),
    push: (query, onProgress, options) => run('push', options, (own) => engine.push(query, onProgress, own)),
    tagImage: (id, tag, options) => run('tagImage', options, (own) => engine.tagImage(id, tag, own)),
    removeImage: (id, options) => run('removeImage', options, (own) => engine.removeImage(id, own)),
    containerSizes: (options) => run('containerSizes', options, (own) => engine.containerSizes(own)),
    inspectContainer: (id, options) => run('inspectContainer', options, (own) => engine.inspectContainer(id, own)),
    inspectRaw: (id, options) => run('inspectRaw', options, (own) => engine.inspectRaw(id, own)),
    containerEvents: (id, between, options) =>
      run('containerEvents', options, (own) => engine.containerEvents(id, between, own)),
    sampleStats: (ids, options) => run('sampleStats', options, (own) => engine.sampleStats(ids, own)),
    listProcesses: (id, options) => run('listProcesses', options, (own) => engine.listProcesses(id, own)),
    listChanges: (id, options) => run('listChanges', options, (own) => engine.listChanges(id, own)),
    imageHistory: (id, options) => run('imageHistory', options, (own) => engine.imageHistory(id, own)),
    inspectWhole: (kind, id, options) => run('inspectWhole', options, (own) => engine.inspectWhole(kind, id, own)),
    listEvents: (query, options) => run('listEvents', options, (own) => engine.listEvents(query, own)),
    searchHub: (query, options) => run('searchHub', options, (own) => engine.searchHub(query, own)),
    createContainer: (query, options) => run('createContainer', options, (own) => engine.createContainer(query, own)),
    startContainer: (id, options) => run('startContainer', options, (own) => engine.startContainer(id, own)),
    stopContainer: (id, seconds, options) =>
      run('stopContainer', options, (own) => engine.stopContainer(id, seconds, own)),
    restartContainer: (id, seconds, options) =>
      run('restartContainer', options, (own) => engine.restartContainer(id, seconds, own)),
    killContainer: (id, signal, options) =>
      run('killContainer', options, (own) => engine.killContainer(id, signal, own)),
    pauseContainer: (id, options) => run('pauseContainer', options, (own) => engine.pauseContainer(id, own)),
    unpauseContainer: (id, options) => run('unpauseContainer', options, (own) => engine.unpauseContainer(id, own)),
    updateContainer: (id, update, options) =>
      run('updateContainer', options, (own) => engine.updateContainer(id, update, own)),
    renameContainer: (id, name, options) =>
      run('renameContainer', options, (own) => engine.renameContainer(id, name, own)),
    updateRestartPolicy: (id, policy, options) =>
      run('updateRestartPolicy', options, (own) => engine.updateRestartPolicy(id, policy, own)),
    removeContainer: (id, options, force) =>
      run('removeContainer', options, (own) => engine.removeContainer(id, own, force)),
    statPath: (id, path, options) => run('statPath', options, (own) => engine.statPath(id, path, own)),
    readArchive: (id, query, options) => run('readArchive', options, (own) => engine.readArchive(id, query, own)),
    listVolumes: (query, options) => run('listVolumes', options, (own) => engine.listVolumes(query, own)),
    removeVolume: (name, options) => run('removeVolume', options, (own) => engine.removeVolume(name, own)),
    listNetworks: (query, options) => run('listNetworks', options, (own) => engine.listNetworks(query, own)),
    connectNetwork: (networkId, id, endpoint, options) =>
      run('connectNetwork', options, (own) => engine.connectNetwork(networkId, id, endpoint, own)),
    disconnectNetwork: (networkId, id, options) =>
      run('disconnectNetwork', options, (own) => engine.disconnectNetwork(networkId, id, own)),
    removeNetwork: (id, options) => run('removeNetwork', options, (own) => engine.removeNetwork(id, own)),
    removeCache: (id, options) => run('removeCache', options, (own) => engine.removeCache(id, own)),
    listServices: (query, options) => run('listServices', options, (own) => engine.listServices(query, own)),
    updateService: (id, update, options) =>
      run('updateService', options, (own) => engine.updateService(id, update, own)),
    listTasks: (query, options) => run('listTasks', options, (own) => engine.listTasks(query, own)),
  };
}

async function* openUnlessDead<T>(breaker: Breaker, open: () => AsyncIterable<T>): AsyncGenerator<T> {
  await breaker.check();
  yield* open();
}

/** Occupies a place in its lane for as long as the stream is read. */
async function* holdPlace<T>(
  { host, limits }: Limited,
  options: WorkOptions,
  open: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const begun = Promise.withResolvers<AbortSignal>();
  const ended = Promise.withResolvers<void>();
  const work = (own: AbortSignal) => {
    begun.resolve(own);
    return ended.promise;
  };
  limits.onHost(host, work, options).catch(begun.reject);
  try {
    yield* open(await begun.promise);
  } finally {
    ended.resolve();
  }
}
