export interface EngineVersion {
  readonly engine: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly os: string;
  readonly arch: string;
  /** Podman has the same API, with differences that matter to prune and deploy. */
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
  /** The engine's clock, RFC 3339; empty when it does not say. */
  readonly time: string;
  /** As `docker version` writes it: `amd64`. */
  readonly arch: string;
  readonly swarm: boolean;
  readonly warnings: readonly string[];
  /** The proxy through which it pulls, without its account; empty where there is none. */
  readonly proxy: string;
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
  /** Records this one was built from. */
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
  /** The id, where it is the digest by which a registry knows the image too: in containerd's image store. */
  readonly manifest?: string;
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
  /** Without the leading slash. The first is the container's own name, others are links. */
  readonly names: readonly string[];
  readonly image: string;
  readonly imageId: string;
  readonly command: string;
  readonly createdAt: number;
  readonly state: ContainerState;
  /** The engine's text: "Up 3 hours (healthy)". */
  readonly status: string;
  readonly health: 'healthy' | 'unhealthy' | 'starting' | undefined;
  readonly ports: readonly Port[];
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly {
    readonly type: string;
    readonly name: string | undefined;
    readonly destination: string;
    /** Folder on the host. */
    readonly source: string;
  }[];
  readonly networks: readonly string[];
  /** IP addresses on these networks. */
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
  /** Options of the driver, as `{ type: 'none', o: 'bind', device: '/srv' }`; usually empty. */
  readonly options: Readonly<Record<string, string>>;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly createdAt: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Containers attached to it, running or not; undefined when they were not counted. */
  readonly attached: number | undefined;
}

/** How far a pull or push is. */
export interface TransferProgress {
  readonly layersTotal: number;
  readonly layersDone: number;
  readonly bytesDone: number;
  /** Total of the layers whose size is known so far; 0 before the first. */
  readonly bytesTotal: number;
  /** Status of the slowest layer, in the engine's words. */
  readonly status: string;
}

/** Result of a push. */
export interface PushResult {
  /** Digest the registry has under the tag now; undefined where the engine does not say. */
  readonly digest: string | undefined;
  /** Whether a layer was sent; false when the registry had all of them. */
  readonly uploaded: boolean;
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

/** One chunk of a log: whole or partial lines as received, without a copy. */
export interface LogChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}
