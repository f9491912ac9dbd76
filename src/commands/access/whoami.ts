import { defineCommand } from '../language/define.ts';
import { NoArgs } from '../language/no-args.ts';

export const whoami = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'whoami',
  summary: 'Who you are to Fairlead, here',
  args: NoArgs,
  examples: ['/dock whoami'],
});
