import type { Reach } from './address.ts';
import type { ArchiveCalls } from './archive-calls.ts';
import type { CallOptions, Filters, LogQuery, RegistryAuth } from './call-options.ts';
import type { DeployCalls } from './deploy-calls.ts';
import type { ExecCalls } from './exec-calls.ts';
import type { ExportCalls } from './export-calls.ts';
import type { LookCalls } from './look-calls.ts';
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
  PullResult,
  PushResult,
  TransferProgress,
  Volume,
} from './types.ts';

/**
 * A Docker Engine as the rest of Fairlead sees it. `dockerode.ts` implements it for real engines. Identifiers passed in
 * are full ids, or names from an earlier list; never text a person typed. Every method rejects with an `EngineError`,
 * and within its deadline even if the engine never answers.
 */
export interface Engine extends ArchiveCalls, DeployCalls, ExecCalls, ExportCalls, LookCalls {
  readonly reach: Reach;
  /** Free bytes where the engine stores images; undefined for an engine on another machine, which does not say. */
  diskFree(options?: CallOptions): Promise<number | undefined>;
  version(options?: CallOptions): Promise<EngineVersion>;
  info(options?: CallOptions): Promise<EngineInfo>;
  diskUsage(options?: CallOptions): Promise<DiskUsage>;

  listImages(query: { all?: boolean; filters?: Filters }, options?: CallOptions): Promise<Image[]>;
  inspectImage(id: string, options?: CallOptions): Promise<ImageDetail>;
  /** `reference` is canonical and parsed. Settles when the pull has ended. */
  pull(
    query: { reference: string; platform?: string | undefined; auth?: RegistryAuth | undefined },
    onProgress: (progress: TransferProgress) => void,
    options?: CallOptions,
  ): Promise<PullResult>;
  /** `reference` is canonical and has a tag. Settles when the push has ended; without `auth` it is anonymous. */
  push(
    query: { reference: string; auth?: RegistryAuth | undefined },
    onProgress: (progress: TransferProgress) => void,
    options?: CallOptions,
  ): Promise<PushResult>;
  /** Removes an image by full id, or one of its tags; never forced. */
  removeImage(idOrTag: string, options?: CallOptions): Promise<void>;

  listContainers(
    query: { all?: boolean; filters?: Filters; size?: boolean },
    options?: CallOptions,
  ): Promise<Container[]>;
  /** Bytes of the writable layers by container id. Slow on the engine, so only a prune asks for them. */
  containerSizes(options?: CallOptions): Promise<ReadonlyMap<string, number>>;
  inspectContainer(id: string, options?: CallOptions): Promise<ContainerDetail>;
  logs(id: string, query: LogQuery, options?: CallOptions): AsyncIterable<LogChunk>;
  /** Removes a container and no volumes. A running one only with `force`, which kills it first. */
  removeContainer(id: string, options?: CallOptions, force?: boolean): Promise<void>;

  listVolumes(query: { filters?: Filters }, options?: CallOptions): Promise<Volume[]>;
  removeVolume(name: string, options?: CallOptions): Promise<void>;
  /** `attached` costs a list of all containers, so only `countAttached` counts it. */
  listNetworks(query: { filters?: Filters; countAttached?: boolean }, options?: CallOptions): Promise<Network[]>;
  removeNetwork(id: string, options?: CallOptions): Promise<void>;
  /** Removes a build-cache record. Resolves to the bytes freed; rejects with `refused` when the engine kept it. */
  removeCache(id: string, options?: CallOptions): Promise<number>;

  close(): Promise<void>;
}
