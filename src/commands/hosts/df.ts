import { z } from 'zod';
import { defineCommand } from '../language/define.ts';
import { ROWS_ARE_JSON } from '../language/habit.ts';

export const DfArgs = z.strictObject({});
export type DfArgs = z.infer<typeof DfArgs>;

export const df = defineCommand({
  name: 'df',
  summary: 'Show what fills the disks, and what each prune would free',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: DfArgs,
  examples: ['/dock df', '/dock df @web-1'],
  habits: {
    // What each prune would remove is listed by its preview.
    'v verbose': 'ignored',
    'format=': ROWS_ARE_JSON,
  },
});
