import type { RawContainer, RawImage } from '../shapes/raw.ts';
import type { Service, ServiceSpec, Task } from '../shapes/swarm.ts';
import type { CallOptions, Filters, RegistryAuth } from './call-options.ts';

/** What a container is made of, in the engine's own words; secrets travel in it, so it is only ever a body. */
export type CreateBody = Readonly<Record<string, unknown>>;

/** The calls a rollout needs. What is so already, an engine answers with 304, and that is success. */
export interface DeployCalls {
  /** The whole inspection, as the engine gave it. */
  inspectRaw(id: string, options?: CallOptions): Promise<RawContainer>;
  /**
   * How the container last ended between two times of that engine, RFC 3339 as in its inspection. An engine forgets after
   * some hundred events.
   */
  endOfRun(
    id: string,
    between: { readonly since: string; readonly until: string },
    options?: CallOptions,
  ): Promise<{ readonly exitCode: number | undefined; readonly outOfMemory: boolean }>;
  /** Resolves to the id. A name that is taken rejects with the fault `conflict`. */
  createContainer(
    query: { readonly name: string; readonly body: CreateBody; readonly platform?: string | undefined },
    options?: CallOptions,
  ): Promise<string>;
  startContainer(id: string, options?: CallOptions): Promise<void>;
  /** Waits for the end: at most `seconds` for it to end by itself, then it is killed. */
  stopContainer(id: string, seconds: number, options?: CallOptions): Promise<void>;
  renameContainer(id: string, name: string, options?: CallOptions): Promise<void>;
  updateRestartPolicy(
    id: string,
    policy: { readonly name: string; readonly maximumRetryCount: number },
    options?: CallOptions,
  ): Promise<void>;
  connectNetwork(networkId: string, containerId: string, endpoint: object, options?: CallOptions): Promise<void>;
  disconnectNetwork(networkId: string, containerId: string, options?: CallOptions): Promise<void>;

  /** By full id, or by a canonical reference with a tag or a digest. */
  imageConfig(idOrReference: string, options?: CallOptions): Promise<RawImage>;
  tagImage(
    id: string,
    tag: { readonly repository: string; readonly tag: string },
    options?: CallOptions,
  ): Promise<void>;
  /** What a tag means in its registry now, asked by the engine; null where the engine has no such call (Podman). */
  resolveDigest(reference: string, auth: RegistryAuth | undefined, options?: CallOptions): Promise<string | null>;

  listServices(query: { filters?: Filters }, options?: CallOptions): Promise<Service[]>;
  /** Of that very version: an update by somebody else since then is refused. */
  updateService(
    id: string,
    update: {
      readonly version: number;
      readonly spec: ServiceSpec;
      /** Back to the specification before; `spec` is ignored then. */
      readonly rollback?: boolean | undefined;
      readonly auth?: RegistryAuth | undefined;
    },
    options?: CallOptions,
  ): Promise<void>;
  listTasks(query: { filters?: Filters }, options?: CallOptions): Promise<Task[]>;
}
