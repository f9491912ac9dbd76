import { z } from 'zod';
import { defineCommand, field } from './define.ts';
import { Moment } from './duration.ts';
import { page } from './filters.ts';
import { OneTimeCode, Reason, withReason } from './reason.ts';

/** Twenty-six characters of Crockford's base 32: a ULID, made by us. */
const RequestId = /^[0-9A-HJKMNP-TV-Z]{26}$/u;
/** What a card shows of itself: the first eight digits of its plan's hash. Its buttons say the whole id. */
export const CardRef = z
  .string()
  .regex(/^(?:[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{8,64})$/u, 'is the plan on the card, such as 3f9c01ab');
const base = { slash: false, access: 'open', effect: 'read', onHosts: false } as const;

export const HelpArgs = z.strictObject({
  command: field(z.string().max(40).optional(), { position: 1, description: 'One command' }),
});
export type HelpArgs = z.infer<typeof HelpArgs>;
export const help = defineCommand({
  ...base,
  name: 'help',
  summary: 'What you may do here',
  args: HelpArgs,
  examples: ['/dock help', '/dock help logs'],
});

export const NoArgs = z.strictObject({});
export type NoArgs = z.infer<typeof NoArgs>;
export const whoami = defineCommand({
  ...base,
  name: 'whoami',
  summary: 'Who you are to Fairlead, here',
  args: NoArgs,
  examples: ['/dock whoami'],
});
export const hosts = defineCommand({
  ...base,
  name: 'hosts',
  summary: 'Hosts you may use here, and how they are',
  args: NoArgs,
  examples: ['/dock hosts'],
  habits: {
    'a all q quiet v verbose s size': 'ignored',
    'f format=': 'Slack gets a list; `fairlead run` with --json gives every field.',
    'filter=': 'All hosts you may use are listed. `/ps --on all` chooses hosts.',
  },
});

export const home = defineCommand({
  ...base,
  name: 'home',
  summary: 'What waits for you, what is yours, and what you may do where',
  args: NoArgs,
  examples: ['/dock home'],
});

export const CanArgs = z.strictObject({
  line: field(z.array(z.string()).min(1, 'is a command line'), {
    position: 1,
    value: 'command line',
    description: 'What you would like to do',
    isLine: true,
  }),
});
export type CanArgs = z.infer<typeof CanArgs>;
export const can = defineCommand({
  ...base,
  name: 'can',
  summary: 'Why you may or may not do something',
  args: CanArgs,
  examples: ['/dock can prune images @web-1'],
  // Everything after `can` is somebody else's command line: its options are not ours.
  rewrite: (words) =>
    words.length === 0 || words[0] === '--help' || words[0] === '-h'
      ? words
      : ['--', ...words.filter((word, index) => index > 0 || word !== '--')],
});

const FollowId = z
  .string()
  .regex(RequestId, 'is the id of a followed log, which its Stop button says; containers are not stopped from here');
export const StopArgs = z.strictObject({ id: field(FollowId, { position: 1, description: 'The id on the message' }) });
export type StopArgs = z.infer<typeof StopArgs>;
export const stop = defineCommand({
  ...base,
  name: 'stop',
  summary: 'Stop following a log',
  args: StopArgs,
  examples: ['/dock stop 01J…'],
  habits: {
    's signal t timeout time=': 'Containers are not stopped from here. `/deploy` and `/rollback shop` replace them.',
  },
});

export const AnswerArgs = z.strictObject({
  id: field(CardRef, { position: 1, value: 'plan', description: 'The plan on the card, such as 3f9c01ab' }),
  code: OneTimeCode,
});
export type AnswerArgs = z.infer<typeof AnswerArgs>;
export const approve = defineCommand({
  ...base,
  effect: 'change',
  args: AnswerArgs,
  name: 'approve',
  summary: 'Say yes to what is waiting',
  examples: ['/dock approve 3f9c01ab'],
});

export const RejectArgs = z.strictObject({
  id: AnswerArgs.shape.id,
  reason: field(Reason.optional(), { value: 'text', description: 'Why, for those who asked; a form asks for it' }),
});
export type RejectArgs = z.infer<typeof RejectArgs>;
export const reject = defineCommand({
  ...base,
  effect: 'change',
  args: RejectArgs,
  name: 'reject',
  summary: 'Say no to what is waiting, or take it back',
  examples: ['/dock reject 3f9c01ab --reason "not tonight"'],
  rewrite: withReason,
});

/** Slack gives a command its text as typed: `@dana` says nobody's id, and would find nothing. */
const Member = z
  .string()
  .regex(
    /^(?:@?[UW][A-Z0-9]{1,30}|<@[UW][A-Z0-9]{1,30}(?:\|[^>]{0,100})?>)$/u,
    'is a member id (in their Slack profile, under ⋮)',
  )
  .transform((text) => text.replace(/^<?@?([UW][A-Z0-9]{1,30})[\s\S]*$/u, '$1'));

export const AuditArgs = z.strictObject({
  person: field(Member.optional(), { value: 'U024BE7LH', description: 'Who, by their member id' }),
  command: field(z.string().max(40).optional(), { value: 'name', description: 'Which command' }),
  host: field(z.string().max(64).optional(), { value: 'name', description: 'On which host' }),
  decision: field(z.enum(['allow', 'needs-approval', 'deny']).optional(), { description: 'What was decided' }),
  since: field(Moment.optional(), { value: '24h', description: 'Not before' }),
  page: page(),
});
export type AuditArgs = z.infer<typeof AuditArgs>;
export const audit = defineCommand({
  ...base,
  name: 'audit',
  summary: 'Who did what, and what was refused',
  access: 'granted',
  args: AuditArgs,
  examples: ['/dock audit', '/dock audit --decision deny --since 24h'],
});
