import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';

export const CanArgs = z.lazy(() =>
  z.strictObject({
    line: field(z.array(z.string()).min(1, 'is a command line'), {
      position: 1,
      value: 'command line',
      description: 'What you would like to do',
      isLine: true,
    }),
  }),
);

export type CanArgs = z.infer<typeof CanArgs>;

export const can = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'can',
  summary: 'Why you may or may not do something',
  args: CanArgs,
  examples: ['/dock can prune images @web-1'],
  // Everything after `can` is somebody else's command line: its options are not ours.
  rewrite: (words) =>
    words.length === 0 || words[0] === '--help' || words[0] === '-h'
      ? words
      : ['--', ...words.filter((word, index) => index > 0 || word !== '--')],
});
