import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';

export const HelpArgs = z.lazy(() =>
  z.strictObject({
    command: field(z.string().max(40).optional(), { position: 1, description: 'One command' }),
  }),
);

export type HelpArgs = z.infer<typeof HelpArgs>;

export const help = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'help',
  summary: 'Your commands here',
  args: HelpArgs,
  examples: ['/dock help', '/dock help logs'],
});
