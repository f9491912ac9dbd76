import { z } from 'zod';
import { Hosts } from './words.ts';

const Pattern = z
  .string()
  .regex(/^[a-zA-Z0-9*][a-zA-Z0-9_.*-]{0,127}$/u, 'must be a container name; * stands for any number of characters');

/** Containers that no service describes and that may be deployed all the same, where they run. */
export const Adopt = z.lazy(() =>
  z.strictObject({
    containers: z.array(Pattern).min(1).meta({ description: 'Patterns over container names: "web-*"' }),
    hosts: Hosts,
    otherRepository: z.boolean().default(false).meta({
      description:
        'Whether another repository than the one that runs may take its place, with its variables and volumes',
    }),
  }),
);
export type AdoptConfig = z.infer<typeof Adopt>;
