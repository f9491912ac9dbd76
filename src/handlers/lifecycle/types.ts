import type { LimitUpdate } from '../../docker/client/deploy-calls.ts';
import type { Phrase } from '../../domain/phrase.ts';
import type { Approver } from '../approval/approver.ts';
import type { Diagnosed } from '../containers/why/diagnosed.ts';
import type { HostFailure, Timed } from '../request.ts';

/** What is done to containers, with its options. */
export type Act =
  | { readonly action: 'start' }
  /** `seconds` until it is killed; undefined: as the container's own setting says. */
  | { readonly action: 'stop' | 'restart'; readonly seconds?: number | undefined }
  | { readonly action: 'kill'; readonly signal: string }
  | { readonly action: 'pause' | 'unpause' }
  | { readonly action: 'update'; readonly limits: LimitUpdate }
  | { readonly action: 'rename'; readonly name: string }
  /** `volumes`: its anonymous ones that nothing else uses. */
  | { readonly action: 'rm'; readonly force: boolean; readonly volumes: boolean };

export type Action = Act['action'];

/** A container that depends on a target, and what the action does to it. */
export interface AffectedContainer {
  readonly id: string;
  readonly name: string;
  /** `shares the network of shop and loses it`. */
  readonly how: string;
}

/** A setting before and after, as docker shows it. */
export interface SettingChange {
  readonly setting: string;
  readonly from: string;
  readonly to: string;
}

/** One container of a plan, as it was when the plan was made. Only these ids are acted on. */
export interface Target {
  readonly id: string;
  readonly name: string;
  /** The name that grants, approval rules and locks know it by. */
  readonly service: string;
  /** As it was typed when the container was created. */
  readonly image: string;
  readonly imageId: string;
  /** The engine's word. */
  readonly state: string;
  readonly affected: readonly AffectedContainer[];
  /** What has to be confirmed beside affected containers, one sentence each. */
  readonly cautions: readonly string[];
  /** What is worth knowing, one sentence each. */
  readonly notes: readonly string[];
  /** Anonymous volumes that are removed with it. */
  readonly volumes: readonly string[];
  /** Settings that are changed in place. */
  readonly changes: readonly SettingChange[];
}

/** A command that was given without containers: they are chosen in a form, which says the line once more with them. */
export interface ContainersForm {
  readonly kind: 'lifecycle-form';
  readonly action: Action;
  readonly line: string;
  /** The hosts that the line names, where it names any. */
  readonly hosts: readonly string[] | undefined;
}

/** What is put before people, and carried out to the letter. */
export interface LifecyclePlan {
  readonly act: Act;
  readonly hosts: readonly { readonly host: string; readonly targets: readonly Target[] }[];
}

/** A plan that waits for approval or confirmation. */
export interface AskedResult extends Timed, LifecyclePlan {
  readonly kind: 'lifecycle-asked';
  readonly id: string;
  readonly hash: string;
  /** Groups that must approve; none where anybody who may give the command may confirm it. */
  readonly from: readonly Approver[];
  readonly expiresAt: number;
  readonly audit: string;
}

/**
 * What became of one container. `unchanged`: it was so before. `unknown`: the engine did not answer after it may have begun.
 * `skipped`: an earlier one failed.
 */
export type ActedVerdict = 'done' | 'unchanged' | 'failed' | 'unknown' | 'skipped';

export interface Acted {
  readonly id: string;
  readonly name: string;
  readonly verdict: ActedVerdict;
  /** After the name: `stopped with exit code 0`. */
  readonly said: Phrase;
  readonly tryThis?: Phrase | undefined;
  /** Why it did not start or get healthy. */
  readonly why?: Diagnosed | undefined;
  readonly notes: readonly string[];
}

/** What an action came to, without what is known of the container anyway. */
export type Came = Pick<Acted, 'verdict' | 'said' | 'tryThis'>;

export interface ActedHost {
  readonly host: string;
  readonly containers: readonly Acted[];
}

export interface ActedResult extends Timed {
  readonly kind: 'lifecycle-acted';
  readonly action: Action;
  readonly requestedBy: string;
  /** Who said yes; the requester where nobody was asked. */
  readonly answeredBy: string;
  readonly hosts: readonly ActedHost[];
  /** Hosts that could not be used; those of single containers are among `failures` only. */
  readonly lost: readonly HostFailure[];
  readonly audit: string;
}

/** How far it is, for a live message. */
export interface ActingReport {
  readonly action: Action;
  readonly hosts: readonly {
    readonly host: string;
    readonly containers: readonly { readonly name: string; readonly words: string }[];
  }[];
}
