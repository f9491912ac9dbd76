import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand } from '../language/define.ts';
import { NoArgs } from '../language/no-args.ts';

export const hosts = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'hosts',
  summary: 'Hosts you may use here, and their state',
  args: NoArgs,
  examples: ['/dock hosts'],
  habits: {
    'a all q quiet v verbose s size': 'ignored',
    'f format=': 'Slack gets a list; `fairlead run` with --json gives every field.',
    'filter=': phrase`All hosts you may use are listed. ${commandLine('ps --on all')} chooses hosts.`,
  },
});
