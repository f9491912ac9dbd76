import type { FunctionKind } from '../../domain/function-name.ts';
import type { Deployment } from '../../store/deployment.ts';
import type { SeenReplica, SlackConnection } from './seen.ts';

/** A process, as it is shown. */
export interface ReplicaRow extends SeenReplica {
  /** Its machine, with the process where several are on one. */
  readonly name: string;
  /** How many deployments it carries out. */
  readonly deployments: number;
}

/** A deployment that has not ended. */
export interface OpenDeployment {
  /** Undefined for one of another channel, and for one on hosts that the person may not see. */
  readonly service: string | undefined;
  readonly state: Deployment['state'];
  /** The name of the replica that carries it out; undefined while none does. */
  readonly by: string | undefined;
}

/** A function, and how long ago it was called last, in milliseconds. */
export interface CalledFunction {
  readonly kind: FunctionKind;
  readonly agoMs: number;
}

/** What waits, and for how long the oldest has, in milliseconds. */
export interface Backlog {
  readonly count: number;
  readonly oldestMs: number | undefined;
}

export interface StatusFacts {
  readonly replicas: readonly ReplicaRow[];
  /** Functions that were called within a day. */
  readonly functions: readonly CalledFunction[];
  /** Requests that a front function handed over and no worker has. */
  readonly jobs: Backlog;
  readonly deployments: readonly OpenDeployment[];
  /** Requests that wait for approval. */
  readonly approvals: number;
  readonly outdatedCards: number;
  /** Notes that Slack does not have yet. */
  readonly outbox: Backlog;
  /** `aheadMs`: by how much the clock of the replica that answers is ahead of the database's, whose time is used. */
  readonly database: { readonly software: string; readonly ms: number; readonly aheadMs: number };
  readonly slack: { readonly kind: SlackConnection['kind']; readonly state: ReturnType<SlackConnection['state']> };
}
