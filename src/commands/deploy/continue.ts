import { defineCommand } from '../language/define.ts';
import { onCard } from '../language/fields.ts';

export const proceed = defineCommand({
  slash: false,
  onHosts: false,
  name: 'continue',
  summary: 'Approve the next wave of a deployment',
  access: 'open',
  effect: 'change',
  args: onCard,
  examples: ['/dock continue 3f9c01ab'],
});
