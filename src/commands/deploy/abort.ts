import type { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';
import { onCard } from '../language/fields.ts';
import { Reason, withReason } from '../language/reason.ts';

export const AbortArgs = onCard.extend({
  reason: field(Reason.optional(), { value: 'text', description: 'Why, for the card' }),
});

export type AbortArgs = z.infer<typeof AbortArgs>;

export const abort = defineCommand({
  slash: false,
  onHosts: false,
  name: 'abort',
  summary: 'Abort a deployment; hosts in progress roll back',
  access: 'open',
  effect: 'change',
  args: AbortArgs,
  examples: ['/dock abort 3f9c01ab', '/dock abort 3f9c01ab --reason "wrong version"'],
  rewrite: withReason,
});
