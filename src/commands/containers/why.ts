import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { defineCommand, field } from '../language/define.ts';

export const WhyArgs = z.strictObject({
  target: field(z.string().regex(CONTAINER_NAME, 'is a container name or id'), {
    position: 1,
    value: 'container',
    description: 'Container or service',
  }),
});
export type WhyArgs = z.infer<typeof WhyArgs>;

export const why = defineCommand({
  name: 'why',
  summary: 'Say why a container does not run or is not healthy',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: WhyArgs,
  examples: ['/dock why shop', '/dock why shop @web-1'],
});
