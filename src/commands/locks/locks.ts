import { defineCommand } from '../language/define.ts';
import { PageArgs } from '../language/fields.ts';

export const locks = defineCommand({
  slash: false,
  onHosts: false,
  name: 'locks',
  summary: 'Locked services, with holders and ends',
  access: 'granted',
  effect: 'read',
  args: PageArgs,
  examples: ['/dock locks'],
});
