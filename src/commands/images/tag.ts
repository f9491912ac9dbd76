import { z } from 'zod';
import { parseReference } from '../../domain/reference.ts';
import { defineCommand, field } from '../language/define.ts';
import { parseSource } from './image-target.ts';

export const TagArgs = z.lazy(() =>
  z.strictObject({
    image: field(z.string().transform(parseSource), {
      position: 1,
      description: 'The image there is: name:tag, name@digest, or on a host its id',
    }),
    target: field(z.string().transform(parseReference).optional(), {
      position: 2,
      value: 'target',
      description: 'Its further name; without a version, the next ones are offered',
    }),
    force: field(z.boolean().default(false), {
      short: 'f',
      description: 'Ask for approval to replace a release, or a name that is in use',
    }),
  }),
);
export type TagArgs = z.infer<typeof TagArgs>;

export const tag = defineCommand({
  name: 'tag',
  summary: 'Tag an image: in its registry, without pulling, or on a host with @host',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: TagArgs,
  examples: [
    '/tag harbor.example.com/devops/shop:1.4.2 harbor.example.com/devops/shop:stable',
    '/tag harbor.example.com/staging/shop:1.4.2 harbor.example.com/prod/shop:1.4.2',
    '/tag harbor.example.com/devops/shop:1.4.2',
    '/tag nginx:1.27 shop-proxy:1.27 @web-1',
  ],
});
