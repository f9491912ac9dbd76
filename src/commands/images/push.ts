import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { parseReference } from '../../domain/reference.ts';
import { defineCommand, field } from '../language/define.ts';

export const PushArgs = z.lazy(() =>
  z.strictObject({
    image: field(z.string().transform(parseReference), {
      position: 1,
      description: 'Repository and tag, as the host has it',
    }),
    force: field(z.boolean().default(false), { short: 'f', description: 'Ask for approval to replace a release' }),
  }),
);
export type PushArgs = z.infer<typeof PushArgs>;

export const push = defineCommand({
  name: 'push',
  summary: 'Push an image from a host to its registry',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: PushArgs,
  examples: ['/dock push harbor.example.com/devops/shop:1.4.3 @web-1'],
  habits: {
    'q quiet': 'ignored',
    'a all-tags': phrase`One tag is pushed at a time: ${commandLine('push harbor.example.com/devops/shop:1.4.3')}.`,
    'disable-content-trust': 'ignored',
    'platform=': 'The image is pushed as the host has it, for every platform it has there.',
  },
});
