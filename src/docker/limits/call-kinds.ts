import type { Engine } from '../client/engine.ts';
import type { Lane } from './limits.ts';

/** Limits of a call to an engine. */
export interface CallKind {
  readonly lane: Lane;
  /** 0 comes first, 9 last. */
  readonly priority: number;
  /** A running engine answers within the deadline of the call, so a timeout means that the engine is dead. */
  readonly isQuick: boolean;
}

/** Who makes a call. Calls of a rollout wait only for other rollouts. */
export type Caller = 'anybody' | 'rollout';

/** The methods of `Engine` that send a request. */
export type EngineCall = Exclude<keyof Engine, 'reach' | 'close'>;

const READ: CallKind = { lane: 'quick', priority: 3, isQuick: true };
const CHANGE: CallKind = { lane: 'quick', priority: 6, isQuick: false };
const SLOW: CallKind = { lane: 'slow', priority: 5, isQuick: false };
/** Takes as long as the container needs to stop, so it has a lane that no other call waits in. */
const STOP: CallKind = { lane: 'stop', priority: 5, isQuick: false };

/** Takes as long as the program, which a person chose, so it has a lane too. */
const EXEC: CallKind = { lane: 'exec', priority: 5, isQuick: false };

/** Costs a host as much disk and disk bandwidth as the image has bytes: one at a time. */
const EXPORT: CallKind = { lane: 'export', priority: 5, isQuick: false };

/** Looks at a running container, which takes an engine a second or two. */
const LOOK: CallKind = { lane: 'quick', priority: 5, isQuick: false };

const KINDS = {
  read: { anybody: READ, rollout: { ...READ, lane: 'rollout' } },
  change: { anybody: CHANGE, rollout: { ...CHANGE, lane: 'rollout' } },
  log: { anybody: SLOW, rollout: { ...SLOW, lane: 'rollout' } },
  slow: { anybody: SLOW, rollout: SLOW },
  stop: { anybody: STOP, rollout: STOP },
  look: { anybody: LOOK, rollout: { ...LOOK, lane: 'rollout' } },
  exec: { anybody: EXEC, rollout: EXEC },
  export: { anybody: EXPORT, rollout: EXPORT },
} satisfies Record<string, Record<Caller, CallKind>>;

/** The kind of each call. A new method of `Engine` does not compile without a row here. */
const KIND_OF_CALL: Readonly<Record<EngineCall, keyof typeof KINDS>> = {
  version: 'read',
  info: 'read',
  diskFree: 'read',
  diskUsage: 'slow',

  listImages: 'read',
  inspectImage: 'read',
  imageConfig: 'read',
  imageHistory: 'read',
  inspectDistribution: 'slow',
  resolveDigest: 'slow',
  checkAuth: 'slow',
  pull: 'slow',
  exportImage: 'export',
  push: 'slow',
  tagImage: 'change',
  removeImage: 'change',

  listContainers: 'read',
  containerSizes: 'slow',
  inspectContainer: 'read',
  inspectRaw: 'read',
  containerEvents: 'read',
  logs: 'log',
  sampleStats: 'look',
  listProcesses: 'look',
  listChanges: 'slow',
  inspectWhole: 'read',
  listEvents: 'look',
  searchHub: 'slow',
  createContainer: 'change',
  startContainer: 'change',
  stopContainer: 'stop',
  restartContainer: 'stop',
  killContainer: 'stop',
  pauseContainer: 'change',
  unpauseContainer: 'change',
  updateContainer: 'change',
  renameContainer: 'change',
  updateRestartPolicy: 'change',
  removeContainer: 'change',
  statPath: 'read',
  readArchive: 'log',

  createExec: 'change',
  startExec: 'exec',
  inspectExec: 'read',

  listVolumes: 'read',
  removeVolume: 'change',
  listNetworks: 'read',
  connectNetwork: 'change',
  disconnectNetwork: 'change',
  removeNetwork: 'change',
  removeCache: 'slow',

  listServices: 'read',
  updateService: 'change',
  listTasks: 'read',
};

export const kindOf = (call: EngineCall, caller: Caller): CallKind => KINDS[KIND_OF_CALL[call]][caller];

/** Whether a call changes containers, networks or services of a host. */
export const changes = (call: EngineCall): boolean => ['change', 'stop'].includes(KIND_OF_CALL[call]);
