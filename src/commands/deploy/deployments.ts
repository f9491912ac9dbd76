import { defineCommand } from '../language/define.ts';
import { PageArgs } from '../language/fields.ts';

export const deployments = defineCommand({
  slash: false,
  onHosts: false,
  name: 'deployments',
  summary: 'The last deployments, and those in progress',
  access: 'granted',
  effect: 'read',
  args: PageArgs,
  examples: ['/dock deployments'],
});
