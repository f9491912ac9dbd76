import { z } from 'zod';
import { defineCommand } from '../language/define.ts';
import { service } from '../language/fields.ts';
import { of } from './of.ts';

export const UnlockArgs = z.strictObject({ service, of });

export type UnlockArgs = z.infer<typeof UnlockArgs>;

export const unlock = defineCommand({
  slash: false,
  onHosts: false,
  name: 'unlock',
  summary: 'Release a lock before its end',
  access: 'granted',
  effect: 'change',
  args: UnlockArgs,
  serviceOf: (args) => args.service,
  ofLock: true,
  examples: ['/dock unlock shop'],
});
