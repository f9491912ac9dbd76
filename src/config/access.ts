import { z } from 'zod';
import { ExecRule } from './exec.ts';
import { CommandName, Groups, Hosts, Name, PersonId, Services } from './words.ts';

export const Group = z
  .strictObject({
    usergroup: z
      .string()
      .regex(/^S[A-Z0-9]{3,}$/u, 'must be a Slack user group id like S0123ABCD')
      .optional()
      .meta({ description: 'Read live from Slack; when Slack does not answer, nobody is in it' }),
    people: z.array(PersonId).default([]).meta({ description: 'Always in it' }),
  })
  .refine((group) => group.usergroup !== undefined || group.people.length > 0, 'needs a usergroup or people');

export const Role = z.strictObject({
  commands: z.array(CommandName).default([]),
  extends: z.array(Name).default([]).meta({ description: 'Roles whose commands it has too' }),
  exec: z
    .array(ExecRule)
    .default([])
    .meta({ description: 'What its holders may run in containers with /exec; without rules, nothing' }),
});

export const Grant = z.strictObject({
  role: Name,
  to: Groups.optional().meta({ description: 'Only these groups; without it everybody in the channel' }),
  hosts: Hosts,
  services: Services.optional().meta({
    description:
      'Only these services, and only commands that are about a service; without it every command of the role',
  }),
});
export type GrantConfig = z.infer<typeof Grant>;

// A circle of roles is harmless: each is visited once.
/** Every command a role names, inherited ones too. */
export function commandsOf(
  name: string,
  roles: Readonly<Record<string, Pick<z.infer<typeof Role>, 'commands' | 'extends'>>>,
): Set<string> {
  const commands = new Set<string>();
  const seen = new Set<string>();
  const visit = (one: string) => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const command of roles[one]?.commands ?? []) commands.add(command);
    for (const parent of roles[one]?.extends ?? []) visit(parent);
  };
  visit(name);
  return commands;
}
