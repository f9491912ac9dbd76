import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';
import { Reason, withReason } from '../language/reason.ts';
import { AnswerArgs } from './approve.ts';

export const RejectArgs = z.lazy(() =>
  z.strictObject({
    id: AnswerArgs.unwrap().shape.id,
    reason: field(Reason.optional(), {
      value: 'text',
      description: 'Reason, shown to the requester; a form asks for one',
    }),
  }),
);

export type RejectArgs = z.infer<typeof RejectArgs>;

export const reject = defineCommand({
  slash: false,
  access: 'open',
  onHosts: false,
  effect: 'change',
  args: RejectArgs,
  name: 'reject',
  summary: 'Reject a request, or cancel your own',
  examples: ['/dock reject 3f9c01ab --reason "not tonight"'],
  rewrite: withReason,
});
