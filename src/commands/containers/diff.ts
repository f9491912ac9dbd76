import { z } from 'zod';
import { defineCommand } from '../language/define.ts';
import { containers } from './containers-field.ts';

export const DiffArgs = z.strictObject({ containers });
export type DiffArgs = z.infer<typeof DiffArgs>;

export const diff = defineCommand({
  name: 'diff',
  summary: 'Show what a container changed in its file system',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: DiffArgs,
  examples: ['/dock diff shop'],
});
