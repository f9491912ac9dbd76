import type { Reach } from './address.ts';
import type { CallOptions, Filters, LogQuery, RegistryAuth } from './call-options.ts';
import type { DeployCalls } from './deploy-calls.ts';
import type {
  Container,
  ContainerDetail,
  DiskUsage,
  EngineInfo,
  EngineVersion,
  Image,
  ImageDetail,
  LogChunk,
  Network,
  PullProgress,
  PullResult,
  Volume,
} from './types.ts';

/**
 * The narrow interface through which everything else sees a Docker Engine. One implementation (`dockerode.ts`) talks to a
 * real one. Identifiers that go in are full ids, or names that an earlier list call gave out; never text a person typed.
 * Every method rejects with an `EngineError`, and within its deadline even when the engine never answers.
 */
export interface Engine extends DeployCalls {
  readonly reach: Reach;
  /** Bytes free where the engine keeps its images; undefined for an engine on another machine, which does not tell. */
  diskFree(options?: CallOptions): Promise<number | undefined>;
  version(options?: CallOptions): Promise<EngineVersion>;
  info(options?: CallOptions): Promise<EngineInfo>;
  diskUsage(options?: CallOptions): Promise<DiskUsage>;

  listImages(query: { all?: boolean; filters?: Filters }, options?: CallOptions): Promise<Image[]>;
  inspectImage(id: string, options?: CallOptions): Promise<ImageDetail>;
  /** `reference` is a canonical, parsed reference; the promise settles when the pull has ended, not when it has begun. */
  pull(
    query: { reference: string; platform?: string | undefined; auth?: RegistryAuth | undefined },
    onProgress: (progress: PullProgress) => void,
    options?: CallOptions,
  ): Promise<PullResult>;
  /** Removes one image by full id, or one of its tags; never forced. */
  removeImage(idOrTag: string, options?: CallOptions): Promise<void>;

  listContainers(
    query: { all?: boolean; filters?: Filters; size?: boolean },
    options?: CallOptions,
  ): Promise<Container[]>;
  /** Writable-layer bytes by container id; slow on the engine, so asked for only by prune. */
  containerSizes(options?: CallOptions): Promise<ReadonlyMap<string, number>>;
  inspectContainer(id: string, options?: CallOptions): Promise<ContainerDetail>;
  logs(id: string, query: LogQuery, options?: CallOptions): AsyncIterable<LogChunk>;
  removeContainer(id: string, options?: CallOptions): Promise<void>;

  listVolumes(query: { filters?: Filters }, options?: CallOptions): Promise<Volume[]>;
  removeVolume(name: string, options?: CallOptions): Promise<void>;
  /** `attached` costs a list of all containers, so only `countAttached` counts it. */
  listNetworks(query: { filters?: Filters; countAttached?: boolean }, options?: CallOptions): Promise<Network[]>;
  removeNetwork(id: string, options?: CallOptions): Promise<void>;
  /** Removes one build-cache record; resolves to the bytes freed, rejects with `refused` when the engine kept it. */
  removeCache(id: string, options?: CallOptions): Promise<number>;

  close(): Promise<void>;
}
