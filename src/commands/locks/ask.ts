import { z } from 'zod';
import { defineCommand } from '../language/define.ts';
import { service } from '../language/fields.ts';

export const AskArgs = z.strictObject({ service });

export type AskArgs = z.infer<typeof AskArgs>;

export const ask = defineCommand({
  slash: false,
  onHosts: false,
  name: 'ask',
  summary: 'Ask the holder of a lock to release it',
  access: 'granted',
  effect: 'change',
  args: AskArgs,
  serviceOf: (args) => args.service,
  examples: ['/dock ask shop'],
});
