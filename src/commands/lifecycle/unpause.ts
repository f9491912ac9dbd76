import { z } from 'zod';
import { defineCommand } from '../language/define.ts';
import { containers, serviceOfContainers, withHosts } from './fields.ts';

export const UnpauseArgs = z.strictObject({ containers });
export type UnpauseArgs = z.infer<typeof UnpauseArgs>;

export const unpause = defineCommand({
  name: 'unpause',
  summary: 'Resume paused containers',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: UnpauseArgs,
  serviceOf: serviceOfContainers,
  rewrite: withHosts,
  examples: ['/dock unpause shop', '/dock unpause shop worker @web-1'],
});
