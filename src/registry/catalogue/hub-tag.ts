import { z } from 'zod';
import { dateOf } from './date.ts';
import { listOf } from './list-of.ts';
import { platformOf } from './platform.ts';
import type { TagDetail } from './types.ts';

/** A tag as Docker Hub's API gives it (docker/docs content/reference/api/hub/latest.yaml): only what is read here. */
const HubTag = z.lazy(() =>
  z.object({
    digest: z.string().nullish(),
    full_size: z.number().nullish(),
    tag_last_pushed: z.string().nullish(),
    last_updated: z.string().nullish(),
    images: listOf(
      z.object({
        os: z.string().nullish(),
        architecture: z.string().nullish(),
        variant: z.string().nullish(),
        digest: z.string().nullish(),
        size: z.number().nullish(),
      }),
      1000,
    ).nullish(),
  }),
);

/** What Docker Hub says of a tag. Throws a `ZodError` for what is none. */
export function hubDetail(answer: unknown): TagDetail {
  const tag = HubTag.parse(answer);
  const images = (tag.images ?? []).filter((image) => platformOf(image).length > 0);
  const usual = images.find(({ os, architecture }) => os === 'linux' && architecture === 'amd64') ?? images[0];
  return {
    digest: tag.digest ?? (images.length === 1 ? (images[0]?.digest ?? undefined) : undefined),
    date: dateOf(tag.tag_last_pushed ?? tag.last_updated, 'pushed'),
    bytes: usual?.size ?? tag.full_size ?? undefined,
    sizeOf: images.length > 1 ? platformOf(usual)[0] : undefined,
    platforms: [...new Set(images.flatMap(platformOf))],
    signature: 'unknown',
    scan: undefined,
  };
}
