import { z } from 'zod';
import type { EngineEvent, FileChange, ImageLayer, ProcessTable } from '../client/look-types.ts';
import { labels, list, number, text } from './fields.ts';
import { ListShape } from './read.ts';

const MAX_PROCESSES = 3000;
const MAX_COLUMNS = 100;

export const Processes = z
  .object({ Titles: list(z.string(), MAX_COLUMNS), Processes: list(list(z.string(), MAX_COLUMNS), MAX_PROCESSES) })
  .transform((raw): ProcessTable => ({ titles: raw.Titles, rows: raw.Processes }));

const KINDS = ['changed', 'added', 'deleted'] as const;

export const Changes = new ListShape(
  z
    .object({ Path: text, Kind: number })
    .transform((raw): FileChange => ({ path: raw.Path, kind: KINDS[raw.Kind] ?? 'changed' })),
);

export const Layers = new ListShape(
  z
    .object({ Created: number, CreatedBy: text, Size: number })
    .transform((raw): ImageLayer => ({ createdAt: raw.Created * 1000, createdBy: raw.CreatedBy, bytes: raw.Size })),
);

/** An inspection as it is: what is read of it is checked where it is read. */
export const Whole = z.looseObject({});

/** Engines before API 1.22 said `status` and `id`; all since say these. */
export const Event = z.lazy(() =>
  z
    .object({
      Type: text,
      Action: text,
      Actor: z.object({ ID: text, Attributes: labels }).nullish(),
      time: number,
      timeNano: number,
    })
    .transform(
      (raw): EngineEvent => ({
        at: raw.timeNano > 0 ? Math.floor(raw.timeNano / 1e6) : raw.time * 1000,
        type: raw.Type,
        action: raw.Action,
        id: raw.Actor?.ID ?? '',
        attributes: raw.Actor?.Attributes ?? {},
      }),
    ),
);
