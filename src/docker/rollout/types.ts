import type { Phrase } from '../../domain/phrase.ts';
import type { RegistryAuth } from '../client/call-options.ts';
import type { Wanted } from './wanted.ts';

/**
 * What a rollout on one host is given and what it gives back. Everything here but the functions of `HostRun` is JSON. A
 * plan holds no value of any environment variable: only names, counts, and a hash of what will be created.
 */

export type Strategy = 'create' | 'stop-first' | 'start-first' | 'swarm';

export interface Change {
  readonly setting: string;
  readonly from: string;
  readonly to: string;
  /** The values are not shown, only that they differ. */
  readonly secret: boolean;
}

export type GuardedKind =
  | 'privileged'
  | 'host-namespace'
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

/** One fact about the final container that a guardrail may judge; policy has the same words. */
export interface Guarded {
  readonly kind: GuardedKind;
  /** `network`, `/etc`, `/dev/kmsg`, `SYS_ADMIN`, `0.0.0.0:80/tcp`; empty when the kind says it all. */
  readonly what: string;
  /** The container that runs now has it too. */
  readonly inherited: boolean;
}

export interface RestartPolicy {
  readonly name: string;
  readonly maximumRetryCount: number;
}

/** What runs under the live name when the plan is made. */
export interface RunningNow {
  readonly containerId: string;
  /** Its own name, which after a start-first rollout is not the live name. */
  readonly containerName: string;
  readonly imageId: string;
  /** The repository it was made from, canonical; undefined when nothing proves one. */
  readonly repository?: string | undefined;
  /** As the repository of the plan knows it; undefined when the image came from elsewhere. */
  readonly digest: string | undefined;
  readonly tag: string | undefined;
  readonly state: string;
  /** Of every setting; differs as soon as somebody changes the container by hand. */
  readonly configHash: string;
  readonly restartPolicy: RestartPolicy;
  /** By network name: it loses its aliases before it is stopped, and gets them back from here. */
  readonly networks: Readonly<Record<string, KnownNetwork>>;
  /** Undefined in a plan that was stored before plans said so. */
  readonly served?: Served | undefined;
}

/** Whether a version can be returned to: what a rollback would run, or why there is none, as the end of a sentence. */
export type Served =
  | { readonly image: { readonly repository: string; readonly digest: string; readonly tag?: string | undefined } }
  | { readonly why: string };

export interface KnownNetwork {
  readonly id: string;
  readonly aliases: readonly string[];
  /** What else was asked of the engine about it, as the engine takes it. */
  readonly rest: JsonObject;
}

export interface HostPlan {
  readonly host: string;
  readonly name: string;
  readonly strategy: Strategy;
  /** One sentence: why this strategy. */
  readonly why: string;
  /** What users will notice, in words. */
  readonly interruption: string;
  /** Undefined: nothing runs there yet. */
  readonly now: RunningNow | undefined;
  readonly next: { readonly digest: string; readonly tag: string | undefined; readonly bodyHash: string };
  readonly changes: readonly Change[];
  readonly warnings: readonly Phrase[];
  /** What would make it fail; a plan with any is refused. */
  readonly conflicts: readonly string[];
  /** This very image and these very settings run already: the rollout would change nothing. */
  readonly unchanged: boolean;
  readonly imagePresent: boolean;
  /** Undefined when it cannot be known from here, as on every host that is not this machine. */
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
  /** One line: "starting, health check 3 of 5 failed". */
  readonly words: string;
  /** What was seen within the phase, in a few words; undefined as it begins. */
  readonly detail?: string | undefined;
  /** 0 to 1, where it is known. */
  readonly share?: number | undefined;
}

export interface HostRun {
  readonly deployId: string;
  /** The Slack id of the person the deployment is for. */
  readonly by: string;
  readonly plan: HostPlan;
  readonly wanted: Wanted;
  readonly auth?: RegistryAuth | undefined;
  /** Why another process, or this one before, did not end it: "Fairlead was restarted". */
  readonly interruptedBy?: string | undefined;
  /** Milliseconds left of a gate that a crash interrupted; undefined when that is not known. */
  readonly gateLeftMs?: number | undefined;
  /** How long an engine that went away is waited for, in milliseconds; default 120 000. */
  readonly patienceMs?: number | undefined;
  /**
   * Resolves once the phase is durable. Rejects with `Unwritten` when it is not, though nobody else is at work here: then
   * nothing new is begun, and what was is undone. Rejects with anything else, and nothing more is touched.
   */
  journal(phase: Phase, note?: JsonObject): Promise<void>;
  report(progress: HostProgress): void;
  /** Throws a `UserError` when the plan that was just made anew may not be carried out: asked before anything is touched. */
  assertAllowed(plan: HostPlan): void;
  /** Somebody aborts, or Fairlead shuts down: what was changed is undone. */
  readonly signal: AbortSignal;
  /** `environment` are the container's `KEY=value` pairs: values that are secret by their name are masked as well. */
  redact(text: string, environment: readonly string[]): string;
}

/** What was seen of a version that did not pass, before it was taken away. */
export interface Evidence {
  readonly state: string;
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
  readonly restartCount: number;
  /** The engine's words about a start that failed. */
  readonly error: string;
  readonly healthLog: readonly string[];
  readonly lastLines: readonly string[];
  readonly strength: EvidenceStrength;
}

/** How much a passed gate proves. */
export type EvidenceStrength = 'health check' | 'probe' | 'only running';

export interface HostVerdict {
  readonly verdict: 'deployed' | 'unchanged' | 'rolled_back' | 'failed_kept_old' | 'aborted' | 'needs_attention';
  /** The phase it ended in, or the one that failed. */
  readonly phase: Phase;
  /** What happened, in sentences for a person. */
  readonly why: string;
  readonly tryThis: Phrase;
  /** Undefined when it went well, and in what an older Fairlead stored. */
  readonly blame?: Blame | undefined;
  /** What ran when somebody's attention was asked for; undefined when the engine did not say. */
  readonly runs?: RunningVersions | undefined;
  readonly evidence?: Evidence | undefined;
  /** What a passed gate was based on. */
  readonly strength?: EvidenceStrength | undefined;
  readonly ms: number;
  /** From the stop of the old version until one was serving again; undefined when it never stopped. */
  readonly downMs?: number | undefined;
  /** The container that serves now. */
  readonly containerId?: string | undefined;
}

/**
 * What a rollout that did not come to its end is to be blamed on: the version (`unhealthy`, `crashed`, `not_started`), its
 * image (`image`: it could not be pulled), the host (`engine`, `port`, `disk`), somebody (`person`), or Fairlead itself.
 */
export type Blame =
  | 'unhealthy'
  | 'crashed'
  | 'not_started'
  | 'image'
  | 'engine'
  | 'port'
  | 'disk'
  | 'person'
  | 'fairlead'
  | 'other';

/** Which versions run on a host. */
export type RunningVersions = 'old' | 'new' | 'both' | 'neither';

/** Why a run is called off when nobody wants it ended: Fairlead itself ends. */
export class Shutdown extends Error {
  override readonly name = 'Shutdown';
}

/** The journal cannot be written, and the lease is still this process's own. */
export class JournalUnavailable extends Error {
  override readonly name = 'Unwritten';
}

/** Why an approved plan no longer holds. `text` is one sentence. */
export interface StaleReason {
  readonly kind:
    | 'removed'
    | 'created'
    | 'replaced'
    | 'edited'
    | 'state'
    | 'conflict'
    | 'settings'
    | 'strategy'
    | 'refused';
  readonly text: string;
}

/** The host changed since the plan was made; nothing has been touched. */
export class PlanStale extends Error {
  override readonly name = 'PlanStale';
  readonly reasons: readonly StaleReason[];

  constructor(reasons: readonly StaleReason[]) {
    super(reasons.map(({ text }) => text).join(' '));
    this.reasons = reasons;
  }
}
