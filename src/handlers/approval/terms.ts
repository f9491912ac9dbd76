import type { AppliedRule } from '../../policy/approval-rules.ts';

/** Where no rule says how long a question stands. */
const CONFIRM_WITHIN_MS = 15 * 60_000;

/** How long a question stands, by the most impatient rule, and when it is first said again; both in milliseconds. */
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
