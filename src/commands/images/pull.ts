import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { parseReference } from '../../domain/reference.ts';
import { defineCommand, field } from '../language/define.ts';

export const PullArgs = z.lazy(() =>
  z.strictObject({
    image: field(z.string().transform(parseReference), { position: 1, description: 'Repository with a tag or digest' }),
    platform: field(
      z
        .string()
        .regex(/^[a-z0-9]+(?:\/[a-z0-9]+){1,2}$/u, 'is os/arch such as linux/arm64')
        .optional(),
      { value: 'os/arch', description: 'Another platform than the host has' },
    ),
  }),
);
export type PullArgs = z.infer<typeof PullArgs>;

export const pull = defineCommand({
  name: 'pull',
  summary: 'Pull an image',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  args: PullArgs,
  imageOf: ({ image }) => image,
  examples: ['/pull nginx:1.27', '/pull harbor.example.com/devops/shop:2.4.1 --on role=web'],
  habits: {
    'q quiet': 'ignored',
    'a all-tags': phrase`One tag is pulled at a time: ${commandLine('pull nginx:1.27')}.`,
    'disable-content-trust': 'ignored',
  },
});
