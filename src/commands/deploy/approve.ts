import { z } from 'zod';
import { CardRef } from '../language/card-ref.ts';
import { defineCommand, field } from '../language/define.ts';
import { OneTimeCode } from '../language/reason.ts';

export const AnswerArgs = z.lazy(() =>
  z.strictObject({
    id: field(CardRef, {
      position: 1,
      value: 'plan',
      description: 'The plan on the card, such as 3f9c01ab',
      listedBy: 'approvals',
    }),
    code: OneTimeCode,
  }),
);

export type AnswerArgs = z.infer<typeof AnswerArgs>;

export const approve = defineCommand({
  slash: false,
  access: 'open',
  onHosts: false,
  effect: 'change',
  args: AnswerArgs,
  name: 'approve',
  summary: 'Approve a request',
  examples: ['/dock approve 3f9c01ab'],
});
