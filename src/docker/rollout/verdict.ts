import type { Phrase } from '../../domain/phrase.ts';
import type { Cause } from '../diagnosis/cause.ts';
import type { Phase } from './types.ts';

/** What was observed of a version that failed, before it was stopped. */
export interface Evidence {
  readonly state: string;
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
  readonly restartCount: number;
  /** The engine's message about a failed start. */
  readonly error: string;
  readonly healthLog: readonly string[];
  readonly lastLines: readonly string[];
  readonly strength: EvidenceStrength;
  /** Likeliest first; undefined in verdicts stored by older versions. */
  readonly causes?: readonly Cause[] | undefined;
}

/** What a passed gate was based on. */
export type EvidenceStrength = 'health check' | 'probe' | 'only running';

export interface HostVerdict {
  readonly verdict: 'deployed' | 'unchanged' | 'rolled_back' | 'failed_kept_old' | 'aborted' | 'needs_attention';
  /** The phase in which the rollout ended or failed. */
  readonly phase: Phase;
  /** What happened, in sentences for people. */
  readonly why: string;
  readonly tryThis: Phrase;
  /** Undefined when the rollout succeeded, and in verdicts stored by older versions. */
  readonly blame?: Blame | undefined;
  /** Versions running when the verdict is `needs_attention`; undefined when the engine did not say. */
  readonly runs?: RunningVersions | undefined;
  /** Nothing was changed, and the host was not seen as the plan has it: what it runs now is not known. */
  readonly isUnseen?: boolean | undefined;
  /** The engine was away, so the roll-back was given up before its end: it is finished once the engine responds. */
  readonly isUnrestored?: boolean | undefined;
  readonly evidence?: Evidence | undefined;
  /** What the passed gate was based on. */
  readonly strength?: EvidenceStrength | undefined;
  readonly ms: number;
  /** Milliseconds without a serving version; undefined when the old version was never stopped. */
  readonly downMs?: number | undefined;
  /** Id of the container that serves now. */
  readonly containerId?: string | undefined;
}

/**
 * The cause of a failed rollout: the version (`unhealthy`, `crashed`, `not_started`), its image (`image`: the pull
 * failed), the host (`engine`, `port`, `disk`), a person (`person`), or Fairlead itself.
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

/** Versions that run on a host. */
export type RunningVersions = 'old' | 'new' | 'both' | 'neither';
