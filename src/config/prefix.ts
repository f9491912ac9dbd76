import { z } from 'zod';
import { SPECS } from '../commands/index.ts';
import { UMBRELLA } from '../domain/phrase.ts';

/** The prefix of slash commands. Refuses one that makes a command look like another. */
export const Prefix = z
  .string()
  .regex(/^[a-z0-9-]{0,12}$/u, 'must be at most 12 lower case letters, digits and hyphens')
  .superRefine((prefix, context) => {
    if (prefix === '') return;
    if (UMBRELLA.startsWith(prefix))
      return context.addIssue({
        code: 'custom',
        message: `cannot be ${prefix}, since /${UMBRELLA} begins with it: add a hyphen, as in ${prefix}-`,
      });
    const names = [UMBRELLA, ...SPECS.map(({ name }) => name)];
    const shadowed = names.find((name) => names.some((other) => `${prefix}${other}` === name));
    if (shadowed !== undefined)
      context.addIssue({
        code: 'custom',
        message: `cannot be ${prefix}, since it makes another command look like /${shadowed}: add a hyphen, as in ${prefix}-`,
      });
  });
