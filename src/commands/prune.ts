import { z } from 'zod';
import { defineCommand, field } from './define.ts';
import { Duration } from './duration.ts';

export const PRUNABLE = ['images', 'containers', 'volumes', 'networks', 'cache'] as const;
export type Prunable = (typeof PRUNABLE)[number];

export const PruneArgs = z.strictObject({
  what: field(z.enum(PRUNABLE), { position: 1, description: 'What to remove' }),
  names: field(z.array(z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/u, 'is a volume name')).default([]), {
    position: 2,
    value: 'name',
    description: 'Named volumes, each by its name',
  }),
  all: field(z.boolean().default(false), {
    short: 'a',
    description: 'Images: every unused one, not only dangling. Cache: shared records too',
  }),
  olderThan: field(Duration.optional(), { value: '7d', description: 'Only what is older' }),
});
export type PruneArgs = z.infer<typeof PruneArgs>;

export const prune = defineCommand({
  name: 'prune',
  summary: 'Remove what is not used, after a preview',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  args: PruneArgs,
  examples: ['/prune images', '/prune images -a --older-than 7d --on all', '/prune volumes old-data @staging-1'],
});
