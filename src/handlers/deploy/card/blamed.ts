import type { Blame, RunningVersions } from '../../../docker/rollout/verdict.ts';
import type { CardVerdict } from '../planning/types.ts';

/** The cause of a failed deployment, over all hosts that were tried. */
export interface Blamed {
  /** Undefined when the causes differ or are unknown. */
  readonly blame: Blame | undefined;
  /** The worst state of hosts that need attention; undefined when an engine did not report one. */
  readonly runs: RunningVersions | undefined;
}

const WORST_FIRST: readonly (RunningVersions | undefined)[] = ['neither', undefined, 'both', 'new', 'old'];

export function blamedFor(verdicts: Iterable<CardVerdict>): Blamed {
  const tried = [...verdicts].filter(({ verdict }) => !['deployed', 'unchanged', 'skipped'].includes(verdict));
  const blames = new Set(tried.map(({ blame }) => blame));
  const left = new Set(tried.filter(({ verdict }) => verdict === 'needs_attention').map(({ runs }) => runs));
  return {
    blame: blames.size === 1 ? tried[0]?.blame : undefined,
    runs: WORST_FIRST.find((runs) => left.has(runs)),
  };
}
