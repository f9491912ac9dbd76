import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { Duration } from '../../domain/duration.ts';
import { defineCommand, field } from '../language/define.ts';
import { page } from '../language/filters.ts';
import { followFor } from '../language/follow-for.ts';
import { ROWS_ARE_JSON } from '../language/habit.ts';

export const StatsArgs = z.lazy(() =>
  z.strictObject({
    containers: field(z.array(z.string().regex(CONTAINER_NAME, 'is a container name or id')).default([]), {
      position: 1,
      value: 'container',
      description: 'Names or ids; all that run when left out',
    }),
    all: field(z.boolean().default(false), { short: 'a', description: 'Name stopped containers too' }),
    follow: field(z.boolean().default(false), { short: 'f', description: 'Live (5 minutes; "-f for 10m")' }),
    for: field(Duration.optional(), { value: '5m', description: 'How long to follow' }),
    page: page(),
  }),
);
export type StatsArgs = z.infer<typeof StatsArgs>;

export const stats = defineCommand({
  name: 'stats',
  summary: 'Show CPU, memory and I/O of containers',
  slash: true,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: StatsArgs,
  examples: ['/stats', '/stats shop worker @web-1', '/stats shop -f for 5m'],
  habits: {
    // One answer is what it gives unless it is followed, and names are whole.
    'no-stream no-trunc': 'ignored',
    'format=': ROWS_ARE_JSON,
  },
  rewrite: followFor,
});
