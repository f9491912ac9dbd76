import { z } from 'zod';
import { defineCommand } from '../language/define.ts';
import { containers } from './containers-field.ts';

export const TopArgs = z.strictObject({ containers });
export type TopArgs = z.infer<typeof TopArgs>;

export const top = defineCommand({
  name: 'top',
  summary: 'Show the processes of containers',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: TopArgs,
  examples: ['/dock top shop', '/dock top shop worker @web-1'],
  habits: {
    // Options of ps may show environments: its own columns are what is shown.
    'e f a u x w A': 'ignored',
    'o format=': 'The columns are those of `ps -ef`: command, process id, time and user.',
  },
  // `docker top shop aux` and `docker top shop -ef`.
  rewrite: (words) => words.filter((word, at) => at === 0 || !/^-?(?:aux|axu|auxw+|ef|e|f)$/u.test(word)),
});
