import { z } from 'zod';
import { dateOf } from './date.ts';
import { listOf } from './list-of.ts';
import type { TagDetail } from './types.ts';

/** Of `/api/v1/repository/{path}/tag/` of Quay: only what is read here. */
const Tags = z.lazy(() =>
  z.object({
    tags: listOf(
      z.object({
        name: z.string(),
        manifest_digest: z.string().nullish(),
        size: z.number().nullish(),
        start_ts: z.number().nullish(),
      }),
      100,
    ),
  }),
);

/** When a tag of Quay was pushed. Throws a `ZodError` for what is no list of tags. */
export function quayDate(answer: unknown, tag: string): TagDetail['date'] {
  const found = Tags.parse(answer).tags.find(({ name }) => name === tag);
  return dateOf((found?.start_ts ?? Number.NaN) * 1000, 'pushed');
}
