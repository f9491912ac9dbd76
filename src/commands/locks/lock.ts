import { z } from 'zod';
import { Duration } from '../../domain/duration.ts';
import { defineCommand, field } from '../language/define.ts';
import { service } from '../language/fields.ts';
import { SAY_HOW_LONG, withDuration } from '../language/how-long.ts';
import { Reason } from '../language/reason.ts';
import { of } from './of.ts';

export const LockArgs = z.lazy(() =>
  z.strictObject({
    service,
    for: field(Duration.default(2 * 3_600_000), { value: '2h', description: 'How long (2h, at most 7d)' }),
    reason: field(Reason.optional(), {
      value: 'text',
      isText: true,
      description: 'Reason, shown to others who deploy',
    }),
    take: field(z.boolean().default(false), { description: "Take over somebody else's lock; needs --reason" }),
    queue: field(z.boolean().default(false), { description: 'Wait in line: get a message when the lock is free' }),
    of,
  }),
);

export type LockArgs = z.infer<typeof LockArgs>;

export const lock = defineCommand({
  slash: false,
  onHosts: false,
  name: 'lock',
  summary: 'Keep others from deploying a service for a while',
  access: 'granted',
  effect: 'change',
  args: LockArgs,
  serviceOf: (args) => args.service,
  ofLock: true,
  examples: ['/dock lock shop for 2h --reason "checking the cache"', '/dock lock shop --take --reason "hotfix"'],
  habits: { 'until=': SAY_HOW_LONG },
  // `lock shop 2h` and `lock shop for 2 hours`.
  rewrite: (words) => withDuration(words, 1, words[0]?.startsWith('-') ? undefined : 1),
});
