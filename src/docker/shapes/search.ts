import { z } from 'zod';
import type { HubResult } from '../client/look-types.ts';
import { number, text } from './fields.ts';
import { ListShape } from './read.ts';

export const HubResults = new ListShape(
  z.object({ name: text, description: text, star_count: number, is_official: z.boolean().nullish() }).transform(
    (raw): HubResult => ({
      name: raw.name,
      description: raw.description,
      stars: raw.star_count,
      isOfficial: raw.is_official === true,
    }),
  ),
);
