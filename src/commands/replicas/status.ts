import { defineCommand } from '../language/define.ts';
import { NoArgs } from '../language/no-args.ts';

export const status = defineCommand({
  name: 'status',
  summary: 'State of Fairlead itself: replicas, queue, messages that wait, database, Slack',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: false,
  args: NoArgs,
  examples: ['/dock status'],
});
