import type { DeployCalls, Reach } from './deploy-calls.ts';

export { EngineError, type EngineFault } from './engine-error.ts';

/**
 * The narrow interface through which everything else sees a Docker Engine. One implementation (`dockerode.ts`) talks to a
 * real one. Identifiers that go in are full ids, or names that an earlier list call gave out; never text a person typed.
 * Every method rejects with an `EngineError`, and within its deadline even when the engine never answers.
 */

export interface EngineVersion {
  readonly engine: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly os: string;
  readonly arch: string;
  /** "Podman Engine" speaks the same API with differences that matter to prune and deploy. */
  readonly podman: boolean;
}

export interface EngineInfo {
  readonly name: string;
  readonly containers: number;
  readonly running: number;
  readonly paused: number;
  readonly stopped: number;
  readonly images: number;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly dataRoot: string;
  readonly swarm: boolean;
  readonly warnings: readonly string[];
}

/** Bytes on disk by kind, as `docker system df` counts them. */
export interface DiskUsage {
  readonly imagesBytes: number;
  readonly containersBytes: number;
  readonly volumesBytes: number;
  readonly cacheBytes: number;
  readonly volumes: readonly { readonly name: string; readonly bytes: number; readonly refs: number }[];
  readonly cache: readonly CacheRecord[];
}

export interface CacheRecord {
  readonly id: string;
  /** Records it was made from. */
  readonly parents: readonly string[];
  readonly type: string;
  readonly description: string;
  readonly bytes: number;
  readonly inUse: boolean;
  readonly shared: boolean;
  /** Unix milliseconds; undefined when the engine does not say. */
  readonly createdAt: number | undefined;
  readonly lastUsedAt: number | undefined;
}

export interface Image {
  /** Full id, `sha256:` and 64 hex digits. */
  readonly id: string;
  /** `repository:tag`; empty for a dangling image. */
  readonly tags: readonly string[];
  /** `repository@sha256:…`. */
  readonly digests: readonly string[];
  /** Unix milliseconds at which the image was built (not pulled). */
  readonly createdAt: number;
  readonly bytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ImageDetail extends Image {
  readonly os: string;
  readonly arch: string;
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface Port {
  readonly ip: string | undefined;
  readonly privatePort: number;
  readonly publicPort: number | undefined;
  readonly protocol: string;
}

export interface Container {
  readonly id: string;
  /** Without the leading slash; the first is the container's own, the others are links. */
  readonly names: readonly string[];
  readonly image: string;
  readonly imageId: string;
  readonly command: string;
  readonly createdAt: number;
  readonly state: ContainerState;
  /** The engine's words: "Up 3 hours (healthy)". */
  readonly status: string;
  readonly health: 'healthy' | 'unhealthy' | 'starting' | undefined;
  readonly ports: readonly Port[];
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly {
    readonly type: string;
    readonly name: string | undefined;
    readonly destination: string;
    /** A folder of the host. */
    readonly source: string;
  }[];
  readonly networks: readonly string[];
  /** Its addresses on them. */
  readonly addresses: readonly string[];
}

export interface ContainerDetail {
  readonly id: string;
  readonly name: string;
  readonly tty: boolean;
  readonly logDriver: string;
  readonly env: readonly string[];
  readonly running: boolean;
  readonly restarting: boolean;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly exitCode: number | undefined;
  readonly error: string;
}

export interface Volume {
  readonly name: string;
  readonly anonymous: boolean;
  readonly createdAt: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** What its driver was told, as `{ type: 'none', o: 'bind', device: '/srv' }`; empty for most. */
  readonly options: Readonly<Record<string, string>>;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly createdAt: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** How many containers, running or not, are attached as far as the engine tells. */
  readonly attached: number;
}

export interface PullProgress {
  readonly layersTotal: number;
  readonly layersDone: number;
  readonly bytesDone: number;
  /** Of the layers whose size is known so far; 0 before the first. */
  readonly bytesTotal: number;
  /** What the slowest layer is doing, in the engine's words. */
  readonly status: string;
}

export interface PullResult {
  readonly digest: string | undefined;
  readonly imageId: string;
  readonly bytes: number;
  readonly os: string;
  readonly arch: string;
  /** False when the engine already had exactly this image. */
  readonly downloaded: boolean;
}

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
  readonly serverAddress: string;
}

/** One chunk of a log: whole or partial lines, straight from the wire; never copied. */
export interface LogChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

export interface LogQuery {
  readonly tail: number | 'all';
  /** Unix seconds, fractions allowed. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly timestamps: boolean;
  readonly follow: boolean;
  /** Taken from `inspectContainer`: a terminal's log has no frames. */
  readonly tty: boolean;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Filters as the engine takes them: `{ dangling: ['true'] }`. */
export type Filters = Readonly<Record<string, readonly string[]>>;

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
  listNetworks(query: { filters?: Filters }, options?: CallOptions): Promise<Network[]>;
  removeNetwork(id: string, options?: CallOptions): Promise<void>;
  /** Removes one build-cache record; resolves to the bytes freed, rejects with `refused` when the engine kept it. */
  removeCache(id: string, options?: CallOptions): Promise<number>;

  close(): Promise<void>;
}

/** Where an engine is and how to reach it; paths are absolute. */
export type EngineAddress =
  | { readonly kind: 'unix'; readonly socketPath: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsFiles | undefined }
  | {
      readonly kind: 'ssh';
      readonly user: string;
      readonly host: string;
      readonly port: number;
      /** The engine's socket on the far side. */
      readonly socketPath: string;
      readonly knownHosts: string;
      /** Private key file; without it the SSH agent of SSH_AUTH_SOCK is used. */
      readonly identity: string | undefined;
    };

export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}
