import { defineCommand } from '../language/define.ts';
import { NoArgs } from '../language/no-args.ts';

export const home = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'home',
  summary: 'What waits for you, what is yours, and what you may do where',
  args: NoArgs,
  examples: ['/dock home'],
});
