import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';

/** An image with or without its tag or digest, or an id. */
const IMAGE = /^[a-zA-Z0-9][\w.:/@-]{0,399}$/u;

export const SlimArgs = z.lazy(() =>
  z.strictObject({
    image: field(z.string().regex(IMAGE, 'is an image: a name or an id'), {
      position: 1,
      description: 'Name with its tag, or id',
    }),
    from: field(z.enum(['host', 'registry']).optional(), {
      description: 'Where to read it: a host that has it, or its registry, without a pull',
    }),
    platform: field(
      z
        .string()
        .regex(/^[a-z0-9]+(?:\/[a-z0-9]+){1,2}$/u, 'is os/arch such as linux/arm64')
        .optional(),
      { value: 'os/arch', description: 'Of an image in a registry', isRare: true },
    ),
  }),
);
export type SlimArgs = z.infer<typeof SlimArgs>;

export const slim = defineCommand({
  name: 'slim',
  summary: 'Say what makes an image large, and how to make it smaller',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: SlimArgs,
  examples: ['/dock slim shop:1.4.0', '/dock slim harbor.example.com/devops/shop:1.4.0 --from registry'],
  habits: {
    'H no-trunc quiet q human': 'ignored',
    'format=': 'The report is a file: every layer, every finding, and a Dockerfile.',
  },
});
