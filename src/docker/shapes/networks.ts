import { z } from 'zod';
import type { Network } from '../client/types.ts';
import { labels, records, text, time } from './fields.ts';
import { ListShape } from './read.ts';

export const Networks = new ListShape(
  z
    .object({
      Id: z.string(),
      Name: z.string(),
      Driver: text,
      Created: text,
      Labels: labels,
      Containers: records(z.unknown()),
    })
    .transform(
      (raw): Network => ({
        id: raw.Id,
        name: raw.Name,
        driver: raw.Driver,
        createdAt: time(raw.Created),
        labels: raw.Labels,
        attached: Object.keys(raw.Containers ?? {}).length,
      }),
    ),
);
