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
  /** Undefined for one of another channel. */
  readonly service: string | undefined;
  readonly state: Deployment['state'];
  /** The name of the replica that carries it out; undefined while none does. */
  readonly by: string | undefined;
}

export interface StatusFacts {
  readonly replicas: readonly ReplicaRow[];
  readonly deployments: readonly OpenDeployment[];
  /** Requests that wait for approval. */
  readonly approvals: number;
  readonly outdatedCards: number;
  /** Notes that Slack does not have yet, and how long the oldest has waited. */
  readonly outbox: { readonly count: number; readonly oldestMs: number | undefined };
  readonly database: { readonly kind: 'SQLite' | 'PostgreSQL'; readonly ms: number };
  readonly slack: { readonly kind: SlackConnection['kind']; readonly state: ReturnType<SlackConnection['state']> };
}
