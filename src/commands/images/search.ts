import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';
import { filter, page } from '../language/filters.ts';
import { ROWS_ARE_JSON } from '../language/habit.ts';

const KEYS = ['is-official', 'stars'] as const;

/** As docker: 25 of each registry unless another number is given. */
const USUAL = '25';

export const SearchArgs = z.lazy(() =>
  z.strictObject({
    term: field(
      z
        .string()
        .trim()
        .min(1)
        .max(200)
        .regex(/^[A-Za-z0-9][\w .:/-]*$/u, 'is part of the name of a repository'),
      { position: 1, description: 'Part of the name of a repository' },
    ),
    registry: field(z.string().min(1).max(255).optional(), {
      value: 'registry',
      description: 'Only this registry of the config, or docker.io',
    }),
    limit: field(
      z
        .string()
        .regex(/^(?:[1-9]\d?|100)$/u, 'is a number from 1 to 100')
        .default(USUAL)
        .transform(Number),
      { value: 'number', description: 'At most so many of each registry' },
    ),
    filter: field(
      filter(KEYS, { 'is-official': ['true', 'false', '1', '0'] }).refine(
        (all) => all.every(({ key, value }) => key !== 'stars' || /^\d{1,9}$/u.test(value)),
        'with stars takes a number',
      ),
      {
        short: 'f',
        value: 'key=value',
        description: 'Only what matches: is-official=true, stars=10',
      },
    ),
    noTrunc: field(z.boolean().default(false), { description: 'Whole descriptions', isRare: true }),
    page: page(),
  }),
);
export type SearchArgs = z.infer<typeof SearchArgs>;

const stars = { as: (value: string) => ['--filter', `stars=${value}`], say: 'Filter with `--filter stars=10`.' };

export const search = defineCommand({
  name: 'search',
  summary: 'Search registries for an image',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: SearchArgs,
  examples: [
    '/dock search nginx',
    '/dock search shop --registry harbor.example.com',
    '/dock search redis -f is-official=true',
  ],
  habits: {
    's stars=': stars,
    automated: 'ignored',
    'format=': ROWS_ARE_JSON,
  },
});
