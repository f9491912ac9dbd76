import { defineCommand } from '../language/define.ts';
import { PageArgs } from '../language/fields.ts';

export const approvals = defineCommand({
  slash: false,
  onHosts: false,
  name: 'approvals',
  summary: 'Open approval requests in this channel',
  access: 'open',
  effect: 'read',
  args: PageArgs,
  examples: ['/dock approvals'],
});
