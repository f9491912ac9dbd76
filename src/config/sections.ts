import { z } from 'zod';
import { Grant, Group, Role } from './access.ts';
import { Adopt } from './adopt.ts';
import { Approval, BreakGlass, FreezeWindow } from './approvals.ts';
import { Audit } from './audit.ts';
import { Changes } from './changes.ts';
import { Gates } from './gates.ts';
import { Guardrails } from './guardrails.ts';
import { Host, HostName } from './hosts.ts';
import { Prefix } from './prefix.ts';
import { Registry } from './registries.ts';
import { Run } from './run.ts';
import { Scanner } from './scanner.ts';
import { Service } from './services.ts';
import { Sources } from './sources.ts';
import { Verify } from './verify.ts';
import { Waiver } from './waivers.ts';
import { ChannelId, duration, Name, TeamId } from './words.ts';

const Slack = z.strictObject({
  team: TeamId.meta({ description: 'The workspace served; others are refused' }),
  app: z
    .string()
    .regex(/^A[A-Z0-9]{3,}$/u, 'must be an app id like A0123ABCD')
    .optional()
    .meta({ description: 'The app id; requests for another app are refused' }),
  prefix: Prefix.default('').meta({ description: 'Put before every slash command: "d-" gives /d-dock and /d-images' }),
  inlineBudget: duration('1.5s').meta({
    description: 'A read that is done by then is answered in one round trip; Slack waits 3 s at most',
  }),
});

const Images = z.strictObject({
  allow: z
    .array(z.string())
    .default(['**'])
    .meta({ description: 'Patterns over registry/repository; * is one part, ** any number' }),
  push: z.array(z.string()).default([]).meta({
    description: 'Patterns over registry/repository that may be pushed to and tagged in a registry; none without it',
  }),
  requireTag: z.boolean().default(false).meta({ description: 'Refuse an implied :latest instead of warning' }),
  verify: z.array(Verify).default([]).meta({
    description: 'Which images must be signed, and by whom; every rule that covers a repository must be satisfied',
  }),
});

export const Sections = z.strictObject({
  slack: Slack,
  hosts: z.record(HostName, Host).refine((hosts) => Object.keys(hosts).length > 0, 'needs at least one host'),
  registries: z.record(z.string(), Registry).default({}),
  images: Images.prefault({}),
  groups: z.record(Name, Group).default({}),
  roles: z.record(Name, Role).default({}),
  channels: z
    .record(ChannelId, z.strictObject({ name: z.string().optional(), grants: z.array(Grant).default([]) }))
    .default({}),
  services: z.record(Name, Service).default({}),
  sources: Sources,
  adopt: z.array(Adopt).default([]).meta({ description: 'Containers that may be deployed without being a service' }),
  approvals: z.array(Approval).default([]),
  breakGlass: BreakGlass.optional(),
  freeze: z.array(FreezeWindow).default([]).meta({ description: 'Times of the week in which nothing is deployed' }),
  guardrails: Guardrails.prefault({}),
  run: Run.prefault({}),
  scanner: Scanner.optional(),
  gates: Gates.prefault({}),
  waivers: z.array(Waiver).default([]).meta({ description: 'Vulnerabilities that are accepted for a time' }),
  audit: Audit.prefault({}),
  changes: Changes.prefault({}).meta({ description: 'Tells other systems of deployments' }),
  budget: z
    .strictObject({ commands: z.int().min(1).max(10_000).default(30), per: duration('1m') })
    .prefault({})
    .meta({ description: 'How many commands one person may give' }),
});

export type Sections = z.infer<typeof Sections>;
