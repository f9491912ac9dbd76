import { defineCommand } from '../language/define.ts';
import { onCard } from '../language/fields.ts';

export const sign = defineCommand({
  slash: false,
  onHosts: false,
  name: 'sign',
  summary: 'Sign the review of a break-glass deploy',
  access: 'open',
  effect: 'change',
  args: onCard,
  examples: ['/dock sign 3f9c01ab'],
});
