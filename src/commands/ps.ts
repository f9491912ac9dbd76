import { z } from 'zod';
import { defineCommand, field } from './define.ts';
import { filter, page } from './filters.ts';

const KEYS = ['name', 'status', 'health', 'label', 'ancestor', 'network', 'volume', 'exited'] as const;
const VALUES = {
  status: ['created', 'restarting', 'running', 'removing', 'paused', 'exited', 'dead'],
  health: ['starting', 'healthy', 'unhealthy', 'none'],
} as const;

export const PsArgs = z.strictObject({
  all: field(z.boolean().default(false), { short: 'a', description: 'Stopped containers too' }),
  filter: field(filter(KEYS, VALUES), {
    short: 'f',
    value: 'key=value',
    description: `Only what matches: ${KEYS.join(', ')}`,
  }),
  page: page(),
});
export type PsArgs = z.infer<typeof PsArgs>;

export const ps = defineCommand({
  name: 'ps',
  summary: 'List containers',
  slash: true,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: PsArgs,
  examples: ['/ps', '/ps -a --on all', '/ps -f health=unhealthy'],
});
