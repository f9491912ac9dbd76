import type { StatusFacts } from './facts.ts';

/** What is wrong with Fairlead itself, the worst first. */
export type StatusProblem =
  | 'none-alive'
  | 'silent'
  | 'no-worker'
  | 'no-receiver'
  | 'messages-late'
  | 'slack-lost'
  | 'different-configs'
  | 'different-versions';

/** Notes that wait for longer are not being sent, in milliseconds. */
const LATE_MS = 60_000;

export function problemsOf({ replicas, outbox, slack }: StatusFacts): readonly StatusProblem[] {
  const alive = replicas.filter(({ isAlive }) => isAlive);
  const hasRole = (role: 'receiver' | 'worker') => alive.some((one) => one.role === role || one.role === 'both');
  const found: Readonly<Record<StatusProblem, boolean>> = {
    'none-alive': alive.length === 0,
    silent: alive.length > 0 && alive.length < replicas.length,
    'no-worker': alive.length > 0 && !hasRole('worker'),
    'no-receiver': alive.length > 0 && !hasRole('receiver'),
    'messages-late': (outbox.oldestMs ?? 0) > LATE_MS,
    'slack-lost': slack.kind !== 'none' && slack.state?.isOpen === false,
    'different-configs': alive.some(({ hasOwnConfig }) => !hasOwnConfig),
    'different-versions': new Set(alive.map(({ version }) => version)).size > 1,
  };
  return (Object.keys(found) as StatusProblem[]).filter((problem) => found[problem]);
}
