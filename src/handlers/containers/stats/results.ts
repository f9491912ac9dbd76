import type { Page } from '../../paged.ts';
import type { Timed } from '../../request.ts';
import type { FollowEnd } from '../following.ts';
import type { Figures, Pressure } from './figures.ts';

export interface StatsRow extends Figures {
  readonly host: string;
  /** Twelve hex digits. */
  readonly id: string;
  readonly name: string;
  readonly pressure: Pressure;
}

/** A container without figures, and its state in the engine's words. */
export interface WithoutFigures {
  readonly host: string;
  readonly name: string;
  readonly status: string;
}

/** The first of a host's list, and how long it is: of each host only what may be shown is kept. */
export interface Kept<T> {
  readonly total: number;
  readonly first: readonly T[];
}

/** What is kept of one host. */
export interface HostStats {
  readonly host: string;
  readonly running: Kept<StatsRow>;
  /** Containers that do not run, where stopped ones were requested. */
  readonly stopped: Kept<WithoutFigures>;
  /** Containers that ran when they were listed and gave no figures. */
  readonly silent: Kept<WithoutFigures>;
  /** A Windows host counts otherwise. */
  readonly isWindows: boolean;
}

export interface StatsResult extends Timed, Page<StatsRow> {
  readonly hosts: readonly { readonly host: string; readonly running: number }[];
  /** The rows nearest to a limit of their own. */
  readonly worst: readonly StatsRow[];
  readonly stopped: readonly WithoutFigures[];
  readonly silent: readonly WithoutFigures[];
  /** Containers without figures beyond those. */
  readonly unnamed: number;
  readonly windows: readonly string[];
  /** Of what is followed. */
  readonly follow: FollowState | undefined;
}

export interface FollowState {
  /** For its Stop button. */
  readonly id: string;
  readonly until: number;
  readonly ended: FollowEnd | undefined;
  /** CPU per cent of the worst containers at each look, oldest first. */
  readonly history: readonly Look[];
}

export interface Look {
  /** Unix milliseconds. */
  readonly at: number;
  readonly cpu: Readonly<Record<string, number>>;
}
