import type { StatusFacts } from './facts.ts';

/** What is wrong with Fairlead itself, the worst first. */
export type StatusProblem =
  | 'none-alive'
  | 'silent'
  | 'schedule-late'
  | 'jobs-late'
  | 'no-worker'
  | 'no-receiver'
  | 'messages-late'
  | 'slack-lost'
  | 'clock-differs'
  | 'different-configs'
  | 'different-versions';

/** Notes and requests that wait for longer are not being seen to, in milliseconds. */
const LATE_MS = 60_000;
/** The schedule is called every minute; one call may fail. In milliseconds. */
const SCHEDULE_MS = 3 * 60_000;

export function problemsOf({
  replicas,
  functions,
  jobs,
  outbox,
  slack,
  database,
}: StatusFacts): readonly StatusProblem[] {
  const alive = replicas.filter(({ isAlive }) => isAlive);
  const hasRole = (role: 'receiver' | 'worker') => alive.some((one) => one.role === role || one.role === 'both');
  const isScheduled = functions.some(({ kind, agoMs }) => kind === 'schedule' && agoMs < SCHEDULE_MS);
  const found: Readonly<Record<StatusProblem, boolean>> = {
    'none-alive': alive.length === 0 && functions.length === 0,
    silent: alive.length > 0 && alive.length < replicas.length,
    // Where processes run, functions were there before them.
    'schedule-late': alive.length === 0 && functions.length > 0 && !isScheduled,
    'jobs-late': (jobs.oldestMs ?? 0) > LATE_MS,
    'no-worker': alive.length > 0 && !hasRole('worker') && !isScheduled,
    'no-receiver': alive.length > 0 && !hasRole('receiver') && !isScheduled,
    'messages-late': (outbox.oldestMs ?? 0) > LATE_MS,
    'slack-lost': slack.kind !== 'none' && slack.state?.isOpen === false,
    'clock-differs': database.aheadMs !== 0,
    'different-configs': alive.some(({ hasOwnConfig }) => !hasOwnConfig),
    'different-versions': new Set(alive.map(({ version }) => version)).size > 1,
  };
  return (Object.keys(found) as StatusProblem[]).filter((problem) => found[problem]);
}
