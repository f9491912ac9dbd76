import { z } from 'zod';
import { SPECS } from '../commands/index.ts';
import { Duration } from '../domain/duration.ts';
import { Selector } from '../domain/selector.ts';

export const TeamId = z.string().regex(/^T[A-Z0-9]{3,}$/u, {
  error: ({ input }) =>
    /^E[A-Z0-9]{3,}$/u.test(String(input))
      ? 'is the id of an organization; must be the id of one of its workspaces, like T0123ABCD'
      : 'must be a workspace id like T0123ABCD',
});
export const ChannelId = z.string().regex(/^[CGD][A-Z0-9]{5,}$/u, 'must be a channel id like C0123ABCD (not a name)');
export const PersonId = z.string().regex(/^[UW][A-Z0-9]{3,}$/u, 'must be a person id like U0123ABCD');
export const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/u, 'must be lower case letters, digits and hyphens');
export const Label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/u, 'must be letters, digits, _, . and -');
export const CommandName = z.enum(SPECS.filter((spec) => spec.access === 'granted').map((spec) => spec.name));
export const Groups = z.array(Name).min(1);
export const Services = z.array(Name).min(1);

/** Milliseconds, written as `30s`, `10m`, `2h`. A default is written the same way. */
export const duration = (fallback: string) => Duration.prefault(fallback);

export const Hosts = Selector.meta({
  description: 'A selector: host name, label=value or all; several joined by commas, with ! to leave out',
});
