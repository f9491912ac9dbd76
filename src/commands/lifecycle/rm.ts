import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';
import { containers, serviceOfContainers, withHosts } from './fields.ts';

export const RmArgs = z.lazy(() =>
  z.strictObject({
    containers,
    force: field(z.boolean().default(false), { short: 'f', description: 'Running ones too: they are killed' }),
    volumes: field(z.boolean().default(false), {
      short: 'v',
      description: 'Their anonymous volumes too, with the data',
    }),
  }),
);
export type RmArgs = z.infer<typeof RmArgs>;

export const rm = defineCommand({
  name: 'rm',
  summary: 'Remove containers',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: RmArgs,
  serviceOf: serviceOfContainers,
  rewrite: withHosts,
  examples: ['/dock rm shop-old', '/dock rm -f shop-old @web-1'],
  habits: {
    'r R recursive': 'A container is removed whole.',
    'l link': phrase`Links are not removed alone. ${commandLine('rm shop')} removes a container.`,
  },
});
