import type { Role } from '../../store/replicas.ts';

/** A process on the store, as this process sees it. */
export interface SeenReplica {
  readonly id: string;
  readonly role: Role;
  readonly version: string;
  readonly machine: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** For how long its heartbeat has not changed while this process watched, in milliseconds. */
  readonly silentMs: number;
  readonly isAlive: boolean;
  /** Whether it is the process that says so. */
  readonly isSelf: boolean;
  /** Whether its config is the one of this process. */
  readonly hasOwnConfig: boolean;
}

/** The processes on the store. */
export interface ReplicaWatch {
  /** The name of this process among them. */
  readonly id: string;
  /** All that are known, the oldest first. Waits until the heartbeats of all could have been seen: some seconds after the start. */
  list(signal: AbortSignal): Promise<readonly SeenReplica[]>;
}

/** How Slack reaches this process. */
export interface SlackConnection {
  readonly kind: 'socket-mode' | 'http' | 'none';
  /** Undefined before the first time. `forMs`: how long it has been so, in milliseconds. */
  state(): { readonly isOpen: boolean; readonly forMs: number } | undefined;
}
