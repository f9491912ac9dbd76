import { defineCommand } from '../language/define.ts';
import { NoArgs } from '../language/no-args.ts';

export const home = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'home',
  summary: 'Requests for you to approve, your deployments, locks and permissions',
  args: NoArgs,
  examples: ['/dock home'],
});
