import type { CardVerdict, Verdict } from './planning/types.ts';

export function isGood({ verdict }: Pick<CardVerdict, 'verdict'>): boolean {
  return verdict === 'deployed' || verdict === 'unchanged';
}

/** The verdict over all hosts: the one that needs action most urgently. */
export function verdictOf(hosts: readonly CardVerdict[], aborted: boolean): Verdict {
  const some = (verdict: CardVerdict['verdict']) => hosts.some((host) => host.verdict === verdict);
  if (some('needs_attention')) return 'needs_attention';
  if (hosts.every(isGood)) return 'deployed';
  if (hosts.some(isGood)) return 'partial';
  if (aborted || some('aborted')) return 'aborted';
  if (some('rolled_back')) return 'rolled_back';
  return some('failed_kept_old') ? 'failed_kept_old' : 'aborted';
}
