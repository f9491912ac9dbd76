import { z } from 'zod';
import { duration, Groups, Hosts, Name, Services } from './words.ts';

/** Commands a second person may be asked about. */
export const APPROVABLE = [
  'prune',
  'deploy',
  'rollback',
  'start',
  'stop',
  'restart',
  'kill',
  'pause',
  'unpause',
  'update',
  'rename',
  'rm',
  'grant',
  'tag',
  'push',
] as const;
export type ApprovableName = (typeof APPROVABLE)[number];

export const Approval = z.lazy(() =>
  z.strictObject({
    commands: z.array(z.enum(APPROVABLE)).min(1),
    hosts: Hosts,
    services: Services.optional().meta({ description: 'Only for these services; without it for all' }),
    from: Groups.meta({ description: 'Groups whose members may approve' }),
    count: z.int().min(1).max(10).default(1).meta({ description: 'How many different people have to approve' }),
    self: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether who asked may be one of them, being in one of the groups' }),
    expires: duration('30m').meta({ description: 'Time to approve or reject a request' }),
    remind: duration('10m').meta({
      description: 'When the approvers are reminded first; each pause is twice the last',
    }),
    stepUp: z
      .literal('totp')
      .optional()
      .meta({ description: 'Approving takes a code from an authenticator app as well; set FAIRLEAD_TOTP_KEY' }),
  }),
);
export type ApprovalRule = z.infer<typeof Approval>;

export const BreakGlass = z.lazy(() =>
  z.strictObject({
    from: Groups.meta({ description: 'Groups that may deploy without approval and through a freeze, loudly' }),
    review: duration('24h').meta({
      description: 'By when an approver has to sign what was done; reminders do not stop',
    }),
  }),
);
export type BreakGlassConfig = z.infer<typeof BreakGlass>;

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** A moment of the week: `fri 16:00`; in minutes since Sunday 00:00. */
const WeekTime = z.string().transform((text, context) => {
  const [, day = '', hour = '', minute = ''] =
    /^(sun|mon|tue|wed|thu|fri|sat) ([01]\d|2[0-3]):([0-5]\d)$/u.exec(text) ?? [];
  if (day !== '') return DAYS.indexOf(day as (typeof DAYS)[number]) * 1440 + Number(hour) * 60 + Number(minute);
  context.addIssue({ code: 'custom', message: 'is a day and a time, such as "fri 16:00"' });
  return z.NEVER;
});

export const FreezeWindow = z.lazy(() =>
  z
    .strictObject({
      name: z.string().min(1).max(60),
      from: WeekTime.meta({ description: 'When it begins every week, such as "fri 16:00"' }),
      to: WeekTime.meta({ description: 'When it ends, such as "mon 08:00"' }),
      timezone: z
        .string()
        .refine(isTimeZone, 'is a time zone such as Europe/Berlin or UTC')
        .default('UTC')
        .meta({ description: 'Whose clock; summer time is taken into account' }),
      hosts: Hosts.prefault('all'),
      services: z.array(Name).min(1).optional(),
    })
    .refine((window) => window.from !== window.to, { path: ['to'], error: 'must differ from "from"' }),
);
export type FreezeConfig = z.infer<typeof FreezeWindow>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
