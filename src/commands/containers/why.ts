import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';

export const WhyArgs = z.lazy(() =>
  z.strictObject({
    target: field(z.string().min(1).max(600), {
      position: 1,
      value: 'container',
      description: 'Container, service or image with its tag',
    }),
  }),
);
export type WhyArgs = z.infer<typeof WhyArgs>;

export const why = defineCommand({
  name: 'why',
  summary: 'Say why a container does not run, or an image cannot be pulled',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: WhyArgs,
  examples: ['/dock why shop', '/dock why harbor.example.com/devops/shop:2.4.1 @web-1'],
});
