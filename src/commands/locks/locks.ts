import { defineCommand } from '../language/define.ts';
import { PageArgs } from '../language/fields.ts';

export const locks = defineCommand({
  slash: false,
  onHosts: false,
  name: 'locks',
  summary: 'Which services are locked, by whom, until when',
  access: 'granted',
  effect: 'read',
  args: PageArgs,
  examples: ['/dock locks'],
});
