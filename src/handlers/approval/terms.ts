import type { AppliedRule } from '../../policy/approval-rules.ts';

/** Time until a request expires when no rule says so, in milliseconds. */
const CONFIRM_WITHIN_MS = 15 * 60_000;

/** Time until a request expires and until its first reminder, by the shortest rule, in milliseconds. */
export function deadlinesOf(rules: readonly AppliedRule[]): {
  readonly expires: number;
  readonly remind: number | undefined;
} {
  if (rules.length === 0) return { expires: CONFIRM_WITHIN_MS, remind: undefined };
  return {
    expires: Math.min(...rules.map(({ rule }) => rule.expires)),
    remind: Math.min(...rules.map(({ rule }) => rule.remind)),
  };
}
