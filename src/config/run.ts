import { z } from 'zod';
import { Duration } from '../domain/duration.ts';
import { Size } from '../domain/size.ts';
import { duration, Name } from './words.ts';

const Variables = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/u, 'must be a variable name'),
  z.union([z.string(), z.number(), z.boolean()]).transform(String),
);

/** What `/run` may do, beside the guardrails, which judge what is run as they judge deploys. */
export const Run = z.strictObject({
  lifetime: duration('30m').meta({ description: 'How long a container with --rm lives, unless --for says otherwise' }),
  longest: Duration.prefault('8h').meta({ description: 'The most that --for may say' }),
  memory: Size.optional().meta({ description: 'The most that -m may say: 2g' }),
  cpus: z.number().positive().optional().meta({ description: 'The most that --cpus may say' }),
  pids: z.int().min(1).optional().meta({ description: 'The most that --pids-limit may say' }),
  output: Size.prefault('1m').meta({ description: 'How much of the output of a foreground run is read' }),
  envFiles: z
    .record(Name, Variables)
    .default({})
    .meta({ description: 'Sets of variables by name, for --env-file; secrets from the environment' }),
});
export type RunConfig = z.infer<typeof Run>;
