import type { NewJob } from '../../src/store/jobs.ts';

/** A job that any process may take for a minute without a confirmation. */
export const newJob = (id: string, task: object, at: number): NewJob => ({
  id,
  task,
  at,
  confirmWithinMs: () => 60_000,
});
