import { z } from 'zod';
import type { Volume } from '../client/types.ts';
import { labels, number, strings, text, time } from './fields.ts';

export const RawVolume = z.lazy(() =>
  z.object({
    Name: z.string(),
    CreatedAt: text,
    Labels: labels,
    Options: strings,
    UsageData: z.object({ Size: number, RefCount: number }).nullish(),
  }),
);
export const Volumes = z.object({ Volumes: z.unknown() });
/** Shape of one element of `Volumes`. */
export const OneVolume = RawVolume.transform(
  (raw): Volume => ({
    name: raw.Name,
    anonymous: /^[0-9a-f]{64}$/u.test(raw.Name) || Object.hasOwn(raw.Labels, 'com.docker.volume.anonymous'),
    createdAt: time(raw.CreatedAt),
    labels: raw.Labels,
    options: raw.Options,
  }),
);
