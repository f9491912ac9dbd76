import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';
import { page } from '../language/filters.ts';
import { ROWS_ARE_JSON } from '../language/habit.ts';

export const TagsArgs = z.lazy(() =>
  z.strictObject({
    repository: field(z.string().min(1).max(600), {
      position: 1,
      description: 'Repository, or a service of the config',
    }),
    filter: field(z.string().min(1).max(128).optional(), {
      short: 'f',
      value: 'pattern',
      description: 'Only tags that match; * is any characters',
    }),
    noTrunc: field(z.boolean().default(false), { description: 'Whole digests', isRare: true }),
    page: page(),
  }),
);
export type TagsArgs = z.infer<typeof TagsArgs>;

export const tags = defineCommand({
  name: 'tags',
  summary: 'List the versions of an image in its registry, and which hosts run which',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: TagsArgs,
  examples: ['/dock tags nginx', '/dock tags harbor.example.com/devops/shop --filter "2.*"', '/dock tags shop @web-1'],
  habits: { 'format=': ROWS_ARE_JSON },
});
