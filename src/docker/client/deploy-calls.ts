import type { RawContainer, RawImage } from '../shapes/raw.ts';
import type { Service, ServiceSpec, Task } from '../shapes/swarm.ts';
import type { CallOptions, Filters, RegistryAuth } from './call-options.ts';
import type { Between, ContainerEvent } from './events.ts';

/**
 * The body of a request to create a container, in the engine's own field names. It holds secrets, so it is never
 * logged.
 */
export type CreateBody = Readonly<Record<string, unknown>>;

/** Changes of a container in place. Engines take what is undefined as unchanged. */
export interface LimitUpdate {
  /** Bytes. */
  readonly memory?: number | undefined;
  /** Bytes of memory and swap together; -1 without a limit. */
  readonly memorySwap?: number | undefined;
  readonly nanoCpus?: number | undefined;
  /** -1 without a limit. */
  readonly pids?: number | undefined;
  readonly restart?: { readonly name: string; readonly maximumRetryCount: number } | undefined;
}

/** The calls of a rollout, and of changes to single containers. An engine answers 304 when there is nothing to do, which counts as success. */
export interface DeployCalls {
  /** The complete inspection as the engine returned it. */
  inspectRaw(id: string, options?: CallOptions): Promise<RawContainer>;
  /** What happened to a container, oldest first, of the last 256 events that an engine keeps of all its containers. */
  containerEvents(id: string, between: Between, options?: CallOptions): Promise<ContainerEvent[]>;
  /** Resolves to the id. Rejects with the fault `conflict` when the name is taken. */
  createContainer(
    query: { readonly name: string; readonly body: CreateBody; readonly platform?: string | undefined },
    options?: CallOptions,
  ): Promise<string>;
  startContainer(id: string, options?: CallOptions): Promise<void>;
  /** Resolves when the container has stopped; it is killed after `seconds`. */
  stopContainer(id: string, seconds: number, options?: CallOptions): Promise<void>;
  /** Stops a container and starts it again, within the engine: it is not left stopped if this process ends meanwhile. */
  restartContainer(id: string, seconds: number, options?: CallOptions): Promise<void>;
  /** `signal` is a name with `SIG`, or a number. Rejects with `conflict` when the container is not running. */
  killContainer(id: string, signal: string, options?: CallOptions): Promise<void>;
  pauseContainer(id: string, options?: CallOptions): Promise<void>;
  unpauseContainer(id: string, options?: CallOptions): Promise<void>;
  renameContainer(id: string, name: string, options?: CallOptions): Promise<void>;
  /** Resolves to the engine's warnings. */
  updateContainer(id: string, update: LimitUpdate, options?: CallOptions): Promise<readonly string[]>;
  updateRestartPolicy(
    id: string,
    policy: { readonly name: string; readonly maximumRetryCount: number },
    options?: CallOptions,
  ): Promise<void>;
  connectNetwork(networkId: string, containerId: string, endpoint: object, options?: CallOptions): Promise<void>;
  disconnectNetwork(networkId: string, containerId: string, options?: CallOptions): Promise<void>;

  /**
   * Takes a full id, or a canonical reference with a tag or a digest. Rejects with `not_found` where the host does not have it
   * for that platform, as far as the engine can say.
   */
  imageConfig(
    idOrReference: string,
    options?: CallOptions & { readonly platform?: string | undefined },
  ): Promise<RawImage>;
  tagImage(
    id: string,
    tag: { readonly repository: string; readonly tag: string },
    options?: CallOptions,
  ): Promise<void>;
  /** Digest and platforms of a tag in its registry now, asked by the engine. Null where the engine has no such call (Podman). */
  inspectDistribution(
    reference: string,
    auth: RegistryAuth | undefined,
    options?: CallOptions,
  ): Promise<{ readonly digest: string; readonly platforms: readonly string[] } | null>;
  /** The same, its digest alone. */
  resolveDigest(reference: string, auth: RegistryAuth | undefined, options?: CallOptions): Promise<string | null>;
  /** Signs in to a registry from the engine, with its network, proxy and trust. Rejects when that fails, and with `not_found` where there is no such call. */
  checkAuth(auth: RegistryAuth, options?: CallOptions): Promise<void>;

  listServices(query: { filters?: Filters }, options?: CallOptions): Promise<Service[]>;
  /** Rejected when the service is no longer at `version`, because someone else updated it. */
  updateService(
    id: string,
    update: {
      readonly version: number;
      readonly spec: ServiceSpec;
      /** Restores the previous specification; `spec` is ignored. */
      readonly rollback?: boolean | undefined;
      readonly auth?: RegistryAuth | undefined;
    },
    options?: CallOptions,
  ): Promise<void>;
  listTasks(query: { filters?: Filters }, options?: CallOptions): Promise<Task[]>;
}
