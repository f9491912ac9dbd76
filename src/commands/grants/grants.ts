import { defineCommand } from '../language/define.ts';
import { PageArgs } from '../language/fields.ts';

export const grants = defineCommand({
  name: 'grants',
  summary: 'Who may run more in which container, and until when',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: false,
  args: PageArgs,
  examples: ['/dock grants'],
});
