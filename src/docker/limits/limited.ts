import { anyOf } from '../client/abort.ts';
import type { DeployCalls } from '../client/deploy-calls.ts';
import type { Engine } from '../client/engine.ts';
import type { CallOptions, LogChunk } from '../client/types.ts';
import type { Breaker } from './breaker.ts';
import type { Lane, Limits, WorkOptions } from './limits.ts';

/** `isQuick`: an engine that lives answers it in its time. */
type Kind = { readonly lane: Lane; readonly priority: number; readonly isQuick: boolean };

const QUICK: Kind = { lane: 'quick', priority: 3, isQuick: true };
const CHANGE: Kind = { lane: 'quick', priority: 6, isQuick: false };
const SLOW: Kind = { lane: 'slow', priority: 5, isQuick: false };
/** Lasts as long as the container takes to end, so not even a rollout's other calls wait for it. */
const STOP: Kind = { lane: 'stop', priority: 5, isQuick: false };

/** Whom the calls are for: those of a rollout wait for nothing but other rollouts. */
export type Caller = 'anybody' | 'rollout';
interface Kinds {
  readonly read: Kind;
  readonly change: Kind;
  readonly log: Kind;
}
const KINDS: Readonly<Record<Caller, Kinds>> = {
  anybody: { read: QUICK, change: CHANGE, log: SLOW },
  rollout: {
    read: { ...QUICK, lane: 'rollout' },
    change: { ...CHANGE, lane: 'rollout' },
    log: { ...SLOW, lane: 'rollout' },
  },
};

type Run = <T>(kind: Kind, options: CallOptions | undefined, call: (own: CallOptions) => Promise<T>) => Promise<T>;

/** The engine of one host with its share of the limits; `until` ends every call as well; `person` is whose share they take. */
export function limitEngine(
  engine: Engine,
  host: string,
  limits: Limits,
  breaker: Breaker,
  caller: Caller,
  own: { readonly until?: AbortSignal | undefined; readonly person?: string | undefined } = {},
): Engine {
  const { until, person } = own;
  const kinds = KINDS[caller];
  const { read, change } = kinds;
  const run: Run = (kind, options, call) => {
    const work = (signal: AbortSignal) => breaker.run(() => call({ signal }), kind.isQuick);
    return limits.onHost(host, work, { ...kind, person, signal: anyOf(options?.signal, until) });
  };
  return {
    reach: engine.reach,
    diskFree: (options) => run(read, options, (own) => engine.diskFree(own)),
    ...limitDeploy(engine, run, kinds),
    version: (options) => run(read, options, (own) => engine.version(own)),
    info: (options) => run(QUICK, options, (own) => engine.info(own)),
    diskUsage: (options) => run(SLOW, options, (own) => engine.diskUsage(own)),
    listImages: (query, options) => run(QUICK, options, (own) => engine.listImages(query, own)),
    inspectImage: (id, options) => run(QUICK, options, (own) => engine.inspectImage(id, own)),
    pull: (query, onProgress, options) => run(SLOW, options, (own) => engine.pull(query, onProgress, own)),
    removeImage: (id, options) => run(CHANGE, options, (own) => engine.removeImage(id, own)),
    listContainers: (query, options) =>
      run(query.size ? SLOW : read, options, (own) => engine.listContainers(query, own)),
    containerSizes: (options) => run(SLOW, options, (own) => engine.containerSizes(own)),
    // Those who follow a log ask it, and no rollout.
    inspectContainer: (id, options) => run(QUICK, options, (own) => engine.inspectContainer(id, own)),
    logs(id, query, options) {
      const signal = anyOf(options?.signal, until);
      // A follow is quiet most of its hours and would keep a place from everybody else.
      if (query.follow) return watched(breaker, () => engine.logs(id, query, { signal }));
      return held(host, limits, { ...kinds.log, person, signal }, (own) =>
        watched(breaker, () => engine.logs(id, query, { signal: own })),
      );
    },
    removeContainer: (id, options) => run(change, options, (own) => engine.removeContainer(id, own)),
    listVolumes: (query, options) => run(QUICK, options, (own) => engine.listVolumes(query, own)),
    removeVolume: (name, options) => run(CHANGE, options, (own) => engine.removeVolume(name, own)),
    listNetworks: (query, options) => run(read, options, (own) => engine.listNetworks(query, own)),
    removeNetwork: (id, options) => run(CHANGE, options, (own) => engine.removeNetwork(id, own)),
    removeCache: (id, options) => run(SLOW, options, (own) => engine.removeCache(id, own)),
    close: () => engine.close(),
  };
}

async function* watched(breaker: Breaker, open: () => AsyncIterable<LogChunk>): AsyncGenerator<LogChunk> {
  breaker.check();
  yield* open();
}

/** Holds a place in its lane for as long as the log is read. */
async function* held(
  host: string,
  limits: Limits,
  options: WorkOptions,
  open: (signal: AbortSignal) => AsyncIterable<LogChunk>,
): AsyncGenerator<LogChunk> {
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

function limitDeploy(engine: Engine, run: Run, { read, change }: Kinds): DeployCalls {
  return {
    inspectRaw: (id, options) => run(read, options, (own) => engine.inspectRaw(id, own)),
    endOfRun: (id, between, options) => run(read, options, (own) => engine.endOfRun(id, between, own)),
    createContainer: (query, options) => run(change, options, (own) => engine.createContainer(query, own)),
    startContainer: (id, options) => run(change, options, (own) => engine.startContainer(id, own)),
    stopContainer: (id, seconds, options) => run(STOP, options, (own) => engine.stopContainer(id, seconds, own)),
    renameContainer: (id, name, options) => run(change, options, (own) => engine.renameContainer(id, name, own)),
    updateRestartPolicy: (id, policy, options) =>
      run(change, options, (own) => engine.updateRestartPolicy(id, policy, own)),
    connectNetwork: (networkId, id, endpoint, options) =>
      run(change, options, (own) => engine.connectNetwork(networkId, id, endpoint, own)),
    disconnectNetwork: (networkId, id, options) =>
      run(change, options, (own) => engine.disconnectNetwork(networkId, id, own)),
    imageConfig: (id, options) => run(read, options, (own) => engine.imageConfig(id, own)),
    tagImage: (id, tag, options) => run(change, options, (own) => engine.tagImage(id, tag, own)),
    resolveDigest: (reference, auth, options) =>
      run(SLOW, options, (own) => engine.resolveDigest(reference, auth, own)),
    listServices: (query, options) => run(read, options, (own) => engine.listServices(query, own)),
    updateService: (id, update, options) => run(change, options, (own) => engine.updateService(id, update, own)),
    listTasks: (query, options) => run(read, options, (own) => engine.listTasks(query, own)),
  };
}
