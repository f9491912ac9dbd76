import { z } from 'zod';
import type { Image, ImageDetail } from '../engine.ts';
import { list, number, strings, text, time } from './fields.ts';
import { ListShape } from './read.ts';

const named = (names: readonly string[]) => names.filter((name) => !name.startsWith('<none>'));
/** Containerd's image store lists an image that was pulled by its digest under that, among the tags. */
const tagOnly = (names: readonly string[]) => named(names).filter((name) => !name.includes('@'));

export const Images = new ListShape(
  z
    .object({
      Id: z.string(),
      RepoTags: list(z.string()),
      RepoDigests: list(z.string()),
      Created: number,
      Size: number,
      Labels: strings,
    })
    .transform(
      (raw): Image => ({
        id: raw.Id,
        tags: tagOnly(raw.RepoTags),
        digests: named(raw.RepoDigests),
        createdAt: raw.Created * 1000,
        bytes: raw.Size,
        labels: raw.Labels,
      }),
    ),
);

export const OneImage = z
  .object({
    Id: z.string(),
    RepoTags: list(z.string()),
    RepoDigests: list(z.string()),
    Created: text,
    Size: number,
    Os: text,
    Architecture: text,
    Config: z.object({ Labels: strings }).nullish(),
  })
  .transform(
    (raw): ImageDetail => ({
      id: raw.Id,
      tags: tagOnly(raw.RepoTags),
      digests: named(raw.RepoDigests),
      createdAt: time(raw.Created) ?? 0,
      bytes: raw.Size,
      labels: raw.Config?.Labels ?? {},
      os: raw.Os,
      arch: raw.Architecture,
    }),
  );
