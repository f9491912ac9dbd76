// Plain JSON: a service of the config, and what was requested for one deploy.

/** A container in the config. Sizes in bytes, durations in milliseconds, ports and volumes in docker's syntax. */
export interface ContainerConfig {
  readonly name: string;
  /** `8080:80`, `127.0.0.1:8080:80/udp`, `80`, `8000-8010:8000-8010`. */
  readonly ports?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** `name:/path`, `/host/path:/path:ro`, `/path` for an anonymous one. */
  readonly volumes?: readonly string[] | undefined;
  /** Bytes. */
  readonly memory?: number | undefined;
  readonly cpus?: number | undefined;
  readonly pids?: number | undefined;
  /** `no`, `always`, `unless-stopped`, `on-failure`, `on-failure:5`. */
  readonly restart?: string | undefined;
  /** The container is created on the first; without any, on the engine's default bridge. */
  readonly networks?:
    | readonly { readonly name: string; readonly aliases?: readonly string[] | undefined }[]
    | undefined;
  readonly healthcheck?: HealthcheckConfig | undefined;
  readonly command?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly user?: string | undefined;
  readonly workdir?: string | undefined;
  /** Milliseconds between the stop signal and the kill. */
  readonly stopTimeout?: number | undefined;
  /** `host:address`. */
  readonly extraHosts?: readonly string[] | undefined;
  readonly readOnly?: boolean | undefined;
  readonly capAdd?: readonly string[] | undefined;
  readonly capDrop?: readonly string[] | undefined;
  /** `/dev/host[:/dev/container[:rwm]]`. */
  readonly devices?: readonly string[] | undefined;
  readonly privileged?: boolean | undefined;
  readonly logging?:
    | { readonly driver: string; readonly options?: Readonly<Record<string, string>> | undefined }
    | undefined;
}

export interface HealthcheckConfig {
  /** `[CMD, …]`, `[CMD-SHELL, …]` or `[NONE]`. */
  readonly test: readonly string[];
  /** Milliseconds, like `timeout` and `startPeriod`. */
  readonly interval?: number | undefined;
  readonly timeout?: number | undefined;
  readonly startPeriod?: number | undefined;
  readonly retries?: number | undefined;
}

/** Durations in milliseconds. */
export interface RolloutConfig {
  readonly strategy: 'auto' | 'stop-first' | 'start-first';
  /** Time for the new version to become healthy. */
  readonly healthyWithin: number;
  /** Time it must stay healthy; twice as long without health check and probe. */
  readonly stableFor: number;
  /** Time the old version keeps answering beside the new one before it is stopped. */
  readonly drain: number;
  /** Earlier versions that stay on the host, stopped. */
  readonly keep: number;
  readonly probe?: Probe | undefined;
}

/** A container port, reached at its published host port, or at the container's own address. */
export interface Probe {
  readonly http?: { readonly port: number; readonly path: string; readonly status?: number | undefined } | undefined;
  readonly tcp?: { readonly port: number } | undefined;
}

/** Changes for one deploy, in the syntax of the config. */
export interface Overrides {
  /** Bytes. */
  readonly memory?: number | undefined;
  readonly cpus?: number | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly ports?: readonly string[] | undefined;
  readonly volumes?: readonly string[] | undefined;
}

export interface WantedImage {
  /** Canonical: `docker.io/library/nginx`, `harbor.example.com/devops/shop`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string;
}

/** What is to run on one host. */
export interface Wanted {
  readonly from:
    | { readonly kind: 'service'; readonly container: ContainerConfig }
    | { readonly kind: 'adopt'; readonly container: string }
    | { readonly kind: 'swarm'; readonly service: string };
  /** Live name of the container, or name of the Swarm service. */
  readonly name: string;
  readonly image: WantedImage;
  readonly overrides: Overrides;
  readonly rollout: RolloutConfig;
  /** Other services, to decide which volumes belong to this one; without it, only containers of the host count. */
  readonly neighbours?: Neighbours | undefined;
}

/** Names by which volumes belong to this service or to others of the config. */
export interface Neighbours {
  /** Name of the service, beside that of its container. */
  readonly service: string;
  readonly others: readonly string[];
  /** Volumes that the config gives to other services. */
  readonly volumes: readonly string[];
}
