// What should run: a service of the config and what was asked for this once. Plain JSON.

/** A container as the config describes it. Bytes, milliseconds, and docker's own syntax for ports and volumes. */
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
  /** The first is the one the container starts on; without any, the engine's default bridge. */
  readonly networks?:
    | readonly { readonly name: string; readonly aliases?: readonly string[] | undefined }[]
    | undefined;
  readonly healthcheck?: HealthcheckConfig | undefined;
  readonly command?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly user?: string | undefined;
  readonly workdir?: string | undefined;
  /** Milliseconds between the stop signal and the end by force. */
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
  /** Milliseconds, as the other two. */
  readonly interval?: number | undefined;
  readonly timeout?: number | undefined;
  readonly startPeriod?: number | undefined;
  readonly retries?: number | undefined;
}

/** Durations in milliseconds. */
export interface RolloutConfig {
  readonly strategy: 'auto' | 'stop-first' | 'start-first';
  /** How long the new version has to become healthy. */
  readonly healthyWithin: number;
  /** How long it must stay so; twice that when there is neither health check nor probe. */
  readonly stableFor: number;
  /** How long the old version still answers beside the new one, before it is stopped. */
  readonly drain: number;
  /** How many earlier versions stay on the host, stopped. */
  readonly keep: number;
  readonly probe?: Probe | undefined;
}

/** A port of the container, reached where the host publishes it, else at the container's own address. */
export interface Probe {
  readonly http?: { readonly port: number; readonly path: string; readonly status?: number | undefined } | undefined;
  readonly tcp?: { readonly port: number } | undefined;
}

/** What the person who asked changes for this deploy only; in the syntax of the config. */
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

/** What should run on one host. */
export interface Wanted {
  readonly from:
    | { readonly kind: 'service'; readonly container: ContainerConfig }
    | { readonly kind: 'adopt'; readonly container: string }
    | { readonly kind: 'swarm'; readonly service: string };
  /** The live name of the container, or the name of the Swarm service. */
  readonly name: string;
  readonly image: WantedImage;
  readonly overrides: Overrides;
  readonly rollout: RolloutConfig;
  /** Whose volumes are whose; without it, only containers of the host are looked at. */
  readonly neighbours?: Neighbours | undefined;
}

/** Names by which volumes are known to belong to this service or to another one of the config. */
export interface Neighbours {
  /** What the service is called beside its container. */
  readonly service: string;
  readonly others: readonly string[];
  /** Volumes that other services name. */
  readonly volumes: readonly string[];
}
