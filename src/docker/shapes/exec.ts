import { z } from 'zod';
import type { ExecState } from '../client/exec-calls.ts';

export const OneExec = z.object({ Running: z.boolean().nullish(), ExitCode: z.number().int().nullish() }).transform(
  (raw): ExecState => ({
    running: raw.Running ?? false,
    exitCode: raw.Running ? undefined : (raw.ExitCode ?? undefined),
  }),
);
