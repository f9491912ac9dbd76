import { z } from 'zod';
import { Moment } from '../../domain/duration.ts';
import { defineCommand, field } from '../language/define.ts';
import { page } from '../language/filters.ts';

/** Slack gives a command its text as typed: `@dana` says nobody's id, and would find nothing. */
const Member = z
  .string()
  .regex(
    /^(?:@?[UW][A-Z0-9]{1,30}|<@[UW][A-Z0-9]{1,30}(?:\|[^>]{0,100})?>)$/u,
    'is a member id (in their Slack profile, under ⋮)',
  )
  .transform((text) => text.replace(/^<?@?([UW][A-Z0-9]{1,30})[\s\S]*$/u, '$1'));

export const AuditArgs = z.lazy(() =>
  z.strictObject({
    person: field(Member.optional(), { value: 'U024BE7LH', description: 'Who, by their member id' }),
    command: field(z.string().max(40).optional(), { value: 'name', description: 'Which command' }),
    host: field(z.string().max(64).optional(), { value: 'name', description: 'On which host' }),
    decision: field(z.enum(['allow', 'needs-approval', 'deny']).optional(), { description: 'What was decided' }),
    since: field(Moment.optional(), { value: '24h', description: 'Not before' }),
    page: page(),
  }),
);

export type AuditArgs = z.infer<typeof AuditArgs>;

export const audit = defineCommand({
  slash: false,
  effect: 'read',
  onHosts: false,
  name: 'audit',
  summary: 'Who did what, and what was refused',
  access: 'granted',
  args: AuditArgs,
  examples: ['/dock audit', '/dock audit --decision deny --since 24h'],
});
