import type { Habits } from '../language/habit.ts';

/** What a rollout makes of options that people know from kubectl, Helm, Compose and Nomad. */
export const ROLLOUT_HABITS: Habits = {
  'canary max-parallel=':
    'How many hosts get it first is `rollout.waves` of the service in the config: `[1, "100%"]` begins with one host.',
  'timeout wait-timeout=':
    'How long it may take to be healthy is `rollout.healthyWithin` of the service in the config.',
  // A rollout always waits for the health check, and is rolled back when that fails.
  'wait atomic rollback-on-failure': 'ignored',
};
