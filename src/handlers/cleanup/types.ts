import type { PruneArgs } from '../../commands/cleanup/prune.ts';
import type { Candidate } from './plan.ts';

export interface HostPlan {
  readonly host: string;
  readonly candidates: readonly Candidate[];
  readonly bytes: number;
}

/** What is put before people, and later carried out to the letter. */
export interface PrunePlan {
  readonly args: PruneArgs;
  readonly hosts: readonly HostPlan[];
  /** Hosts that gave no list when it was asked: nothing is removed there. */
  readonly unlisted?: readonly string[] | undefined;
}
