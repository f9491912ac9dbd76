import { defineCommand } from '../language/define.ts';
import { NoArgs } from '../language/no-args.ts';

export const whoami = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'whoami',
  summary: 'Your groups and permissions in this channel',
  args: NoArgs,
  examples: ['/dock whoami'],
});
