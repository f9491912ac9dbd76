import { z } from 'zod';
import { defineCommand } from '../language/define.ts';
import { containers, serviceOfContainers, withHosts } from './fields.ts';

export const PauseArgs = z.strictObject({ containers });
export type PauseArgs = z.infer<typeof PauseArgs>;

export const pause = defineCommand({
  name: 'pause',
  summary: 'Pause running containers',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: PauseArgs,
  serviceOf: serviceOfContainers,
  rewrite: withHosts,
  examples: ['/dock pause shop', '/dock pause shop worker @web-1'],
});
