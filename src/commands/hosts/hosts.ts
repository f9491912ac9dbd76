import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';
import { page } from '../language/filters.ts';

export const HOST_STATES = ['ok', 'slow', 'down'] as const;
export type HostState = (typeof HOST_STATES)[number];

export const HostsArgs = z.lazy(() =>
  z.strictObject({
    state: field(z.enum(HOST_STATES).optional(), { description: 'Only hosts that are ok, slow or down' }),
    page: page(),
  }),
);
export type HostsArgs = z.infer<typeof HostsArgs>;

export const hosts = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'hosts',
  summary: 'Hosts you may use here, and their state',
  args: HostsArgs,
  examples: ['/dock hosts', '/dock hosts --state down'],
  habits: {
    'a all q quiet v verbose s size': 'ignored',
    'f format=': 'Slack gets a list; `fairlead run` with --json gives every field.',
    'filter=': phrase`All hosts you may use are listed. ${commandLine('ps --on all')} chooses hosts.`,
  },
});
