import type { HostPlan } from '../../../docker/rollout/types.ts';
import type { HostVerdict } from '../../../docker/rollout/verdict.ts';
import type { Wanted } from '../../../docker/rollout/wanted.ts';
import type { Phrase } from '../../../domain/phrase.ts';
import type { Moment } from '../../../machine.ts';
import type { Built, SignedBy } from '../../../proof/types.ts';
import type { VersionStep } from './version.ts';
import type { PlanVulnerabilities } from './vulnerability-plan.ts';

/** The plan people approve: stored with the approval, hashed, and checked again on every host before it runs. */
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
  /** Who signed and built it, as verified; undefined where no rule of `images.verify` covers it. */
  readonly proof?: {
    readonly by: SignedBy;
    readonly built?: Built | undefined;
    /** How the running version was built. */
    readonly before?: Built | undefined;
    /** What the image says of itself, signed by nobody, where nothing signed says how it was built. */
    readonly claimed?: Built | undefined;
  };
  /** Values of variables are masked: see `values.ts`. */
  readonly overrides: Wanted['overrides'];
  readonly reason?: string;
  readonly breakGlass: boolean;
  readonly step: VersionStep;
  /** All hosts, in the order of the waves. */
  readonly hosts: readonly HostPlan[];
  /** Host names, by wave. */
  readonly waves: readonly (readonly string[])[];
  /** Whether each further wave needs approval. */
  readonly ask: boolean;
  /** Undefined without a scanner. */
  readonly vulnerabilities?: PlanVulnerabilities;
}

/** Outcome of a deployment over all its hosts; a `refused` one never started. */
export type Verdict =
  | 'refused'
  | 'deployed'
  | 'rolled_back'
  | 'failed_kept_old'
  | 'partial'
  | 'aborted'
  | 'needs_attention';

/** Outcome on one host; a `skipped` one was never started. */
export type CardVerdict = Omit<HostVerdict, 'verdict' | 'why'> & {
  readonly verdict: HostVerdict['verdict'] | 'skipped';
  readonly why: Phrase;
  /** When the verdict came, for the time of its last phase; undefined in records of older versions of Fairlead. */
  readonly ended?: Moment;
};
