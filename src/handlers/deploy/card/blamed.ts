import type { Blame, RunningVersions } from '../../../docker/rollout/verdict.ts';
import type { CardVerdict } from '../planning/types.ts';

/** What a deployment that did not reach all its hosts is to be blamed on, over all those it was tried on. */
export interface Blamed {
  /** Undefined when they differ, or nothing is known. */
  readonly blame: Blame | undefined;
  /** The worst of what runs where somebody has to look; undefined when an engine did not say. */
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
