import type { Phrase } from '../../domain/phrase.ts';
import type { RegistryAuth } from '../client/call-options.ts';
import type { Wanted } from './wanted.ts';

/**
 * Input and output of a rollout on one host. Everything but the functions of `HostRun` is JSON. A plan holds no value
 * of an environment variable: only names, counts, and a hash of what will be created.
 */

export type Strategy = 'create' | 'stop-first' | 'start-first' | 'swarm';

export interface Change {
  readonly setting: string;
  readonly from: string;
  readonly to: string;
  /** The values differ and are not shown. */
  readonly secret: boolean;
}

export type GuardedKind =
  | 'privileged'
  | 'host-namespace'
  | 'container-namespace'
  | 'docker-socket'
  | 'bind'
  | 'volume'
  | 'device'
  | 'capability'
  | 'security'
  | 'volumes-from'
  | 'sysctl'
  | 'runtime'
  | 'cgroup'
  | 'port'
  | 'no-memory-limit'
  | 'no-pids-limit'
  | 'no-restart'
  | 'no-healthcheck';

/** A fact about the new container that a guardrail may forbid; the policy has the same kinds. */
export interface Guarded {
  readonly kind: GuardedKind;
  /** `network`, `/etc`, `/dev/kmsg`, `SYS_ADMIN`, `0.0.0.0:80/tcp`; empty when the kind says everything. */
  readonly what: string;
  /** The running container has it too. */
  readonly inherited: boolean;
}

export interface RestartPolicy {
  readonly name: string;
  readonly maximumRetryCount: number;
}

/** The running container when the plan was made. */
export interface RunningNow {
  readonly containerId: string;
  /** Its own name; differs from the live name after a start-first rollout. */
  readonly containerName: string;
  readonly imageId: string;
  /** Canonical repository it was created from; undefined when nothing proves one. */
  readonly repository?: string | undefined;
  /** Digest in the repository of the plan; undefined when the image came from elsewhere. */
  readonly digest: string | undefined;
  readonly tag: string | undefined;
  readonly state: string;
  /** Hash of all settings; differs as soon as someone changes the container by hand. */
  readonly configHash: string;
  readonly restartPolicy: RestartPolicy;
  /** By network name. The old version loses its aliases before it is stopped and gets them back from here. */
  readonly networks: Readonly<Record<string, KnownNetwork>>;
  /** Undefined in plans stored by older versions. */
  readonly served?: Served | undefined;
}

/** The image that a rollback would run, or why there is none, as the end of a sentence. */
export type Served =
  | { readonly image: { readonly repository: string; readonly digest: string; readonly tag?: string | undefined } }
  | { readonly why: string };

export interface KnownNetwork {
  readonly id: string;
  readonly aliases: readonly string[];
  /** Other settings on the network, in the engine's form. */
  readonly rest: JsonObject;
}

export interface HostPlan {
  readonly host: string;
  readonly name: string;
  readonly strategy: Strategy;
  /** Why this strategy, in one sentence. */
  readonly why: string;
  /** What users will notice, in one sentence. */
  readonly interruption: string;
  /** Undefined when nothing runs yet. */
  readonly now: RunningNow | undefined;
  readonly next: { readonly digest: string; readonly tag: string | undefined; readonly bodyHash: string };
  readonly changes: readonly Change[];
  readonly warnings: readonly Phrase[];
  /** Reasons why the rollout would fail; a plan with any is refused. */
  readonly conflicts: readonly string[];
  /** The same image with the same settings already runs: the rollout would change nothing. */
  readonly unchanged: boolean;
  readonly imagePresent: boolean;
  /** Undefined on a host that is not this machine. */
  readonly diskFreeBytes: number | undefined;
  readonly oldImageKept: boolean;
  readonly risks: readonly Guarded[];
}

export type Phase =
  | 'pull'
  | 'create'
  | 'stop-old'
  | 'rename-old'
  | 'rename-new'
  | 'start'
  | 'gate'
  | 'promote'
  | 'drain'
  | 'retain'
  | 'roll-back'
  | 'update'
  | 'watch';

export type JsonObject = { readonly [key: string]: Json };
type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface HostProgress {
  readonly host: string;
  readonly phase: Phase;
  /** One line: "waiting for the new version to be healthy". */
  readonly words: string;
  /** Progress within the phase; undefined as it begins. */
  readonly detail?: string | undefined;
  /** Share that is done, 0 to 1; undefined when unknown. */
  readonly share?: number | undefined;
}

export interface HostRun {
  readonly deployId: string;
  /** Slack id of the person the deployment is for. */
  readonly by: string;
  readonly plan: HostPlan;
  readonly wanted: Wanted;
  readonly auth?: RegistryAuth | undefined;
  /** Why the process that ran the rollout before did not finish it: "Fairlead was restarted". */
  readonly interruptedBy?: string | undefined;
  /** Milliseconds left of a gate that a crash interrupted; undefined when unknown. */
  readonly gateLeftMs?: number | undefined;
  /** The run of the old version that an earlier process was about to end: when it had started, in the engine's words. */
  readonly oldRun?: string | undefined;
  /** How long to wait for an unavailable engine, in milliseconds; 120 000 by default. */
  readonly patienceMs?: number | undefined;
  /**
   * Resolves once the phase is durable. Rejects with `JournalUnavailable` when it cannot be stored while the lease is
   * held: then nothing new begins, and changes are undone. Rejects with anything else when the lease is lost: nothing
   * more is touched. While `nothingServes`, it is not waited for longer than leaves time to undo them.
   */
  journal(phase: Phase, note: JsonObject | undefined, nothingServes: boolean): Promise<void>;
  report(progress: HostProgress): void;
  /** Throws a `UserError` when the new plan may not be carried out. Called before anything is touched. */
  assertAllowed(plan: HostPlan): void;
  /** Aborted by a person or by Fairlead's shutdown: changes are undone. */
  readonly signal: AbortSignal;
  /** Redacts secrets. `environment` are the container's `KEY=value` pairs; values of secret names are masked too. */
  redact(text: string, environment: readonly string[]): string;
}
