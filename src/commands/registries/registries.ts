import { defineCommand } from '../language/define.ts';
import { NoArgs } from '../language/no-args.ts';

export const registries = defineCommand({
  name: 'registries',
  summary: 'Registries of the config: reachable, certificate, login, pull limit',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: false,
  args: NoArgs,
  examples: ['/dock registries'],
});
