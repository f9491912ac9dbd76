import { z } from 'zod';
import type { Image, ImageDetail } from '../client/types.ts';
import { Descriptor, labels, list, manifestOf, namesOfImage, number, text, time } from './fields.ts';
import { ListShape } from './read.ts';

export const Images = new ListShape(
  z
    .object({
      Id: z.string(),
      RepoTags: list(z.string()),
      RepoDigests: list(z.string()),
      Created: number,
      Size: number,
      Labels: labels,
    })
    .transform(
      (raw): Image => ({
        id: raw.Id,
        ...namesOfImage(raw),
        createdAt: raw.Created * 1000,
        bytes: raw.Size,
        labels: raw.Labels,
      }),
    ),
);

export const OneImage = z.lazy(() =>
  z
    .object({
      Id: z.string(),
      RepoTags: list(z.string()),
      RepoDigests: list(z.string()),
      Created: text,
      Size: number,
      Os: text,
      Architecture: text,
      Config: z.object({ Labels: labels }).nullish(),
      Descriptor,
    })
    .transform(
      (raw): ImageDetail => ({
        id: raw.Id,
        ...namesOfImage(raw),
        ...manifestOf(raw),
        createdAt: time(raw.Created) ?? 0,
        bytes: raw.Size,
        labels: raw.Config?.Labels ?? {},
        os: raw.Os,
        arch: raw.Architecture,
      }),
    ),
);
