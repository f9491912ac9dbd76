import { defineCommand } from '../language/define.ts';
import { PageArgs } from '../language/fields.ts';

export const approvals = defineCommand({
  slash: false,
  onHosts: false,
  name: 'approvals',
  summary: 'What waits for an answer here, and what waits for yours',
  access: 'open',
  effect: 'read',
  args: PageArgs,
  examples: ['/dock approvals'],
});
