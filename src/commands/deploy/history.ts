import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand } from '../language/define.ts';
import { service } from '../language/fields.ts';

export const HistoryArgs = z.strictObject({ service });

export type HistoryArgs = z.infer<typeof HistoryArgs>;

export const history = defineCommand({
  slash: false,
  onHosts: false,
  name: 'history',
  summary: 'Past deployments of a service',
  access: 'granted',
  effect: 'read',
  args: HistoryArgs,
  serviceOf: (args) => args.service,
  examples: ['/dock history shop'],
  // A version that was typed too says nothing else: its deployments are among those of its service.
  rewrite: (words) => words.map((word, index) => (index === 0 ? word.replace(/^([\w.-]+):[\w.-]+$/u, '$1') : word)),
  habits: {
    'H human q quiet no-trunc': 'ignored',
    'format=': 'Slack gets a list; `fairlead run` with --json gives every field.',
    'platform=': phrase`This is the history of deploys. ${commandLine('images --digests')} lists images.`,
  },
});
