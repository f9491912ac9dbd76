import { phrase } from '../../domain/phrase.ts';
import type { CardVerdict, Verdict } from './planning/types.ts';

/** The verdict of a deployment that had not ended in a backup that was restored. */
export const RESTORED_VERDICT: Verdict = 'needs_attention';

/** The same for one of its hosts. */
export function restoredOnHost(host: string): CardVerdict {
  return {
    verdict: 'needs_attention',
    phase: 'pull',
    why: phrase`Fairlead's database was restored from a backup made during this deployment. How it went on is unknown.`,
    tryThis: `Check ${host} by hand: docker ps -a.`,
    ms: 0,
  };
}

/** Why a request for approval is closed that was open in a backup that was restored. */
export const RESTORED_REQUEST =
  "Fairlead's database was restored from a backup made while this request was open. What happened to it since is unknown.";
