import { z } from 'zod';
import type { Network } from '../engine.ts';
import { list, strings, text, time } from './fields.ts';

export const Networks = list(
  z
    .object({
      Id: z.string(),
      Name: z.string(),
      Driver: text,
      Created: text,
      Labels: strings,
      Containers: z.record(z.string(), z.unknown()).nullish(),
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
