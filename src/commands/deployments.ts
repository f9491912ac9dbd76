import { z } from 'zod';
import { defineCommand, field } from './define.ts';
import { CardRef } from './dock.ts';
import { Duration, parseDuration } from './duration.ts';
import { CONTAINER_NAME } from './logs.ts';
import { Reason, withReason } from './reason.ts';

/** What goes with deploying and has no slash command of its own: locks, records, and what the card's buttons say. */
const base = { slash: false, onHosts: false } as const;
const Service = z.string().regex(CONTAINER_NAME, 'is a service of the config, or a container name');
const service = field(Service, { position: 1, description: 'A service of the config, or a container' });

const onCard = z.strictObject({
  id: field(CardRef, { position: 1, value: 'plan', description: 'The plan on the card, such as 3f9c01ab' }),
});
export type CardArgs = z.infer<typeof onCard>;

export const plan = defineCommand({
  ...base,
  name: 'plan',
  summary: 'Everything a deploy would change',
  access: 'open',
  effect: 'read',
  args: onCard,
  examples: ['/dock plan 3f9c01ab'],
});

export const AbortArgs = onCard.extend({
  reason: field(Reason.optional(), { value: 'text', description: 'Why, for the card' }),
});
export type AbortArgs = z.infer<typeof AbortArgs>;
export const abort = defineCommand({
  ...base,
  name: 'abort',
  summary: 'Stop a deployment and go back',
  access: 'open',
  effect: 'change',
  args: AbortArgs,
  examples: ['/dock abort 3f9c01ab', '/dock abort 3f9c01ab --reason "wrong version"'],
  rewrite: withReason,
});
export const proceed = defineCommand({
  ...base,
  name: 'continue',
  summary: 'Let a deployment go on with its next wave',
  access: 'open',
  effect: 'change',
  args: onCard,
  examples: ['/dock continue 3f9c01ab'],
});
export const sign = defineCommand({
  ...base,
  name: 'sign',
  summary: 'Sign the review of a break-glass deploy',
  access: 'open',
  effect: 'change',
  args: onCard,
  examples: ['/dock sign 3f9c01ab'],
});

const PageArgs = z.strictObject({});
export type ListArgs = z.infer<typeof PageArgs>;
export const approvals = defineCommand({
  ...base,
  name: 'approvals',
  summary: 'What waits for an answer here, and what waits for yours',
  access: 'open',
  effect: 'read',
  args: PageArgs,
  examples: ['/dock approvals'],
});
export const deployments = defineCommand({
  ...base,
  name: 'deployments',
  summary: 'The last deployments, and those under way',
  access: 'granted',
  effect: 'read',
  args: PageArgs,
  examples: ['/dock deployments'],
});
export const locks = defineCommand({
  ...base,
  name: 'locks',
  summary: 'Which services are locked, by whom, until when',
  access: 'granted',
  effect: 'read',
  args: PageArgs,
  examples: ['/dock locks'],
});

export const HistoryArgs = z.strictObject({ service });
export type HistoryArgs = z.infer<typeof HistoryArgs>;
export const history = defineCommand({
  ...base,
  name: 'history',
  summary: 'What was deployed of a service, by whom, and how it ended',
  access: 'granted',
  effect: 'read',
  args: HistoryArgs,
  serviceOf: (args) => args.service,
  examples: ['/dock history shop'],
  habits: {
    'H human q quiet no-trunc': 'ignored',
    'format=': 'Slack gets a list; `fairlead run` with --json gives every field.',
    'platform=': 'This is the history of deploys. `/images --digests` lists images.',
  },
});

const of = field(z.uuid().optional(), { value: 'id', description: 'Only the lock of this card, while it stands' });
export const LockArgs = z.strictObject({
  service,
  for: field(Duration.default(2 * 3_600_000), { value: '2h', description: 'How long (2h, at most 7d)' }),
  reason: field(Reason.optional(), { value: 'text', isText: true, description: 'Why, for those who meet it' }),
  take: field(z.boolean().default(false), { description: "Take over somebody else's lock; needs --reason" }),
  queue: field(z.boolean().default(false), { description: 'Be told when it is free, in turn' }),
  of,
});
export type LockArgs = z.infer<typeof LockArgs>;
export const lock = defineCommand({
  ...base,
  name: 'lock',
  summary: 'Keep others from deploying a service for a while',
  access: 'granted',
  effect: 'change',
  args: LockArgs,
  serviceOf: (args) => args.service,
  ofLock: true,
  examples: ['/dock lock shop for 2h --reason "checking the cache"', '/dock lock shop --take --reason "hotfix"'],
  // `lock shop 2h`, as well as `lock shop for 2h`.
  rewrite(words) {
    const [service = '-', duration = ''] = words;
    if (!service.startsWith('-') && parseDuration(duration) !== undefined)
      return [service, '--for', duration, ...words.slice(2)];
    const index = words.indexOf('for');
    if (index < 1 || ['--reason', '--for'].includes(`${words[index - 1]}`)) return words;
    return [...words.slice(0, index), '--for', ...words.slice(index + 1)];
  },
});

export const UnlockArgs = z.strictObject({ service, of });
export type UnlockArgs = z.infer<typeof UnlockArgs>;
export const unlock = defineCommand({
  ...base,
  name: 'unlock',
  summary: 'Give up a lock before its end',
  access: 'granted',
  effect: 'change',
  args: UnlockArgs,
  serviceOf: (args) => args.service,
  ofLock: true,
  examples: ['/dock unlock shop'],
});

export const AskArgs = z.strictObject({ service });
export type AskArgs = z.infer<typeof AskArgs>;
export const ask = defineCommand({
  ...base,
  name: 'ask',
  summary: 'Ask the holder of a lock to release it',
  access: 'granted',
  effect: 'change',
  args: AskArgs,
  serviceOf: (args) => args.service,
  examples: ['/dock ask shop'],
});

export const TotpArgs = z.strictObject({
  code: field(
    z
      .string()
      .regex(/^\d{6}$/u, 'is six digits')
      .optional(),
    { position: 1, description: 'The six digits your authenticator shows', secret: true },
  ),
});
export type TotpArgs = z.infer<typeof TotpArgs>;
export const totp = defineCommand({
  ...base,
  name: 'totp',
  summary: 'Set up the one-time code that some approvals ask for',
  access: 'open',
  effect: 'read',
  args: TotpArgs,
  examples: ['/dock totp', '/dock totp 123456'],
});
