import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';
import { FOLLOW_ID } from '../language/docker-names.ts';

export const UnfollowArgs = z.lazy(() =>
  z.strictObject({
    id: field(z.string().regex(FOLLOW_ID, 'is the id that the Stop button of a live message says'), {
      position: 1,
      description: 'The id on the message',
    }),
  }),
);

export type UnfollowArgs = z.infer<typeof UnfollowArgs>;

export const unfollow = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'unfollow',
  summary: 'End a live message, such as a followed log',
  args: UnfollowArgs,
  examples: ['/dock unfollow 01J…'],
});
