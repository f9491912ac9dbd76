import type { ContainerEvent } from '../client/events.ts';
import type { ContainerState, EngineInfo, Port } from '../client/types.ts';

/**
 * What is known of one container when its failure is diagnosed: plain JSON. Every text in it that others wrote is
 * redacted, without control characters, and cut. `undefined` where it could not be read: `unread` names it.
 */
export interface ContainerFacts {
  readonly host: string;
  readonly id: string;
  readonly name: string;
  /** As it was named when the container was created. */
  readonly image: string;
  readonly state: RunState;
  readonly restarts: number;
  readonly restartPolicy: { readonly name: string; readonly maximumRetryCount: number };
  readonly health: HealthFacts | undefined;
  /** Entrypoint and command. */
  readonly command: readonly string[];
  readonly user: string;
  readonly workingDir: string;
  readonly isInteractive: boolean;
  /** Names of its variables; `emptyVariables` are those without a value. */
  readonly variables: readonly string[];
  readonly emptyVariables: readonly string[];
  readonly limits: { readonly memoryBytes: number; readonly pids: number };
  readonly mounts: readonly MountFacts[];
  readonly readOnlyRoot: boolean;
  readonly networkMode: string;
  /** By name; with its aliases. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
  /** As requested, whether or not they are bound now. */
  readonly published: readonly PublishedPort[];
  readonly isPrivileged: boolean;
  /** The last lines of its log, oldest first. */
  readonly lines: readonly string[] | undefined;
  /** What happened to it, oldest first, as far as the engine remembers. */
  readonly events: readonly ContainerEvent[] | undefined;
  readonly platform: { readonly os: string; readonly arch: string } | undefined;
  readonly engine: Pick<EngineInfo, 'arch' | 'memoryBytes' | 'time'> | undefined;
  /** What listens in it; undefined where that was not asked, or its image has no `cat`. */
  readonly listening: readonly ListeningPort[] | undefined;
  /** The other containers of the host. */
  readonly neighbours: readonly Neighbour[] | undefined;
  /** What could not be read in time: "log", "events". */
  readonly unread: readonly string[];
}

export interface RunState {
  readonly status: ContainerState;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** The engine's message about a failed start; empty otherwise. */
  readonly error: string;
  /** Unix milliseconds by the engine's clock; undefined before the first start and end. */
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
}

export interface HealthFacts {
  /** `starting`, `healthy` or `unhealthy`. */
  readonly status: string;
  readonly failingStreak: number;
  /** The last results, oldest first; -1 where the command could not be run or timed out. */
  readonly checks: readonly { readonly exitCode: number; readonly output: string }[];
  /** The command: `CMD-SHELL`, `curl -f localhost`. */
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly startPeriodMs: number;
}

export interface MountFacts {
  readonly type: string;
  /** Folder or file on the host, or name of the volume. */
  readonly source: string;
  readonly destination: string;
  readonly writable: boolean;
}

export interface PublishedPort {
  /** `80/tcp` */
  readonly inner: string;
  readonly hostIp: string;
  /** Undefined when the engine picks one. */
  readonly hostPort: number | undefined;
}

export interface ListeningPort {
  readonly port: number;
  /** Only processes of the container reach it. */
  readonly isLoopback: boolean;
}

export interface Neighbour {
  readonly name: string;
  readonly names: readonly string[];
  readonly state: ContainerState;
  readonly status: string;
  readonly networks: readonly string[];
  readonly ports: readonly Port[];
  /** Name in its Compose project, by which others find it. */
  readonly composeService: string | undefined;
}
