import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';
import { filter, page } from '../language/filters.ts';
import { ROWS_ARE_JSON } from '../language/habit.ts';

const KEYS = ['dangling', 'reference', 'label', 'before', 'since'] as const;

export const ImagesArgs = z.lazy(() =>
  z.strictObject({
    reference: field(z.string().min(1).max(255).optional(), {
      position: 1,
      description: 'Only this repository, or repository:tag; * matches',
    }),
    all: field(z.boolean().default(false), { short: 'a', description: 'Intermediate images too' }),
    filter: field(filter(KEYS, { dangling: ['true', 'false', '1', '0'] }), {
      short: 'f',
      value: 'key=value',
      description: `Only what matches: ${KEYS.join(', ')}`,
    }),
    digests: field(z.boolean().default(false), { description: 'Show digests' }),
    sort: field(z.enum(['created', 'size', 'name']).default('created'), {
      description: 'Newest, largest or alphabetical first',
    }),
    quiet: field(z.boolean().default(false), { short: 'q', description: 'Only names and ids', isRare: true }),
    noTrunc: field(z.boolean().default(false), { description: 'Whole ids and digests', isRare: true }),
    page: page(),
  }),
);
export type ImagesArgs = z.infer<typeof ImagesArgs>;

export const images = defineCommand({
  name: 'images',
  summary: 'List images',
  slash: true,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: ImagesArgs,
  examples: ['/images', '/images shop --sort size', '/images -f dangling=true --on all'],
  habits: {
    'format=': ROWS_ARE_JSON,
    tree: phrase`Images are listed one per row; ${commandLine('images --digests')} shows their digests.`,
  },
});
