import type { HostPlan } from '../../../docker/rollout/types.ts';
import type { HostVerdict } from '../../../docker/rollout/verdict.ts';
import type { Wanted } from '../../../docker/rollout/wanted.ts';
import type { Phrase } from '../../../domain/phrase.ts';
import type { Moment } from '../../../machine.ts';
import type { VersionStep } from './version.ts';

/** What people approve, to the letter: kept with the approval, hashed, and checked again on every host before it runs. */
export interface DeployPlan {
  readonly action: 'deploy' | 'rollback';
  /** A service of the config, or the name of a container (or Swarm service) that was not made by Fairlead. */
  readonly service: string;
  readonly image: {
    /** Canonical, without tag: `harbor.example.com/devops/shop`. */
    readonly repository: string;
    readonly tag?: string;
    readonly digest: string;
  };
  /** Values of variables are masked: see `values.ts`. */
  readonly overrides: Wanted['overrides'];
  readonly reason?: string;
  readonly breakGlass: boolean;
  readonly step: VersionStep;
  /** Every host it runs on, in the order of the waves. */
  readonly hosts: readonly HostPlan[];
  /** Names of hosts, a wave after the other. */
  readonly waves: readonly (readonly string[])[];
  /** Whether somebody is asked between waves. */
  readonly ask: boolean;
}

/** How a deployment ends, on all its hosts together; `refused` was never begun. */
export type Verdict =
  | 'refused'
  | 'deployed'
  | 'rolled_back'
  | 'failed_kept_old'
  | 'partial'
  | 'aborted'
  | 'needs_attention';

/** How it ended on one host; `skipped` hosts were never begun. */
export type CardVerdict = Omit<HostVerdict, 'verdict' | 'why'> & {
  readonly verdict: HostVerdict['verdict'] | 'skipped';
  readonly why: Phrase;
  /** When it came, to tell how long its last phase took; undefined in what an older Fairlead stored. */
  readonly ended?: Moment;
};
