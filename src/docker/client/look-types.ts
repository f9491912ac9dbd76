/** One sample of a running container's use, as the engine gives it: counters since its start. Bytes and nanoseconds. */
export interface StatsSample {
  readonly isWindows: boolean;
  readonly cpu: {
    readonly total: number;
    /** CPU time of the whole host, all CPUs together; undefined where the engine does not say. */
    readonly system: number | undefined;
    readonly online: number;
    /** Periods of a container with a CPU limit, and those in which it used that up. */
    readonly periods: number;
    readonly throttled: number;
  };
  readonly memory: {
    readonly usage: number;
    /** Page cache that the kernel may take back at once. */
    readonly inactiveFile: number;
    /** Memory of the host where the container has no limit. */
    readonly limit: number;
  };
  /** Sums over all networks; undefined on the network of the host, which is not counted for a container. */
  readonly network: { readonly received: number; readonly sent: number } | undefined;
  readonly block: { readonly read: number; readonly written: number };
  readonly pids: number;
  readonly pidsLimit: number | undefined;
}

/** The processes of a container, as `ps` of the host shows them. */
export interface ProcessTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A path in a container that differs from its image. */
export interface FileChange {
  readonly path: string;
  readonly kind: 'changed' | 'added' | 'deleted';
}

/** One step of an image's build, the newest first. */
export interface ImageLayer {
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly createdBy: string;
  readonly bytes: number;
}

/** Something that happened on an engine. Its texts are others' words: labels, and the command line of an exec. */
export interface EngineEvent {
  /** Unix milliseconds, by the engine's clock. */
  readonly at: number;
  readonly type: string;
  /** `start`; of an exec or a health check with more behind a colon. */
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A repository of Docker Hub that a search found. The texts are strangers'. */
export interface HubResult {
  /** As docker shows it: `nginx`, `bitnami/nginx`. */
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly isOfficial: boolean;
}
