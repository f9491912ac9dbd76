import { defineCommand } from '../language/define.ts';
import { onCard } from '../language/fields.ts';

export const plan = defineCommand({
  slash: false,
  onHosts: false,
  name: 'plan',
  summary: 'Everything a deploy would change',
  access: 'open',
  effect: 'read',
  args: onCard,
  examples: ['/dock plan 3f9c01ab'],
});
