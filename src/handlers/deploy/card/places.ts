import type { CardVerdict, DeployPlan } from '../planning/types.ts';
import { isGood } from '../verdict.ts';

/** What a host runs after a deployment has ended. */
export interface Place {
  readonly host: string;
  /** Which of the two versions it runs; undefined where that is not known. */
  readonly has: 'new' | 'old' | 'both' | 'neither' | undefined;
  /** Tag or digest of the version that was deployed. */
  readonly next: string;
  /** Of the version that ran when the plan was made; undefined where none did. */
  readonly old: string | undefined;
}

/** What each host of an ended deployment runs, in the order of its waves. */
export function placesOf(plan: DeployPlan, verdicts: ReadonlyMap<string, CardVerdict>): Place[] {
  const next = plan.image.tag ?? plan.image.digest;
  return plan.waves.flat().map((host) => {
    const now = plan.hosts.find((one) => one.host === host)?.now;
    return { host, has: hasNow(verdicts.get(host)), next, old: now && (now.tag ?? now.digest ?? now.imageId) };
  });
}

function hasNow(verdict: CardVerdict | undefined): Place['has'] {
  if (!verdict || verdict.isUnseen) return undefined;
  if (isGood(verdict)) return 'new';
  return verdict.verdict === 'needs_attention' ? verdict.runs : 'old';
}
