import { z } from 'zod';
import type { DiskUsage } from '../client/types.ts';
import { list, number, text, time } from './fields.ts';
import { readEach } from './read.ts';
import { RawVolume } from './volumes.ts';

const sum = <T>(values: readonly T[], bytesOf: (value: T) => number) =>
  values.reduce((total, value) => total + Math.max(0, bytesOf(value)), 0);
/** With what is made of each: of 20 000 records at once, that would keep the event loop. */
const CacheRecord = z.lazy(() =>
  z
    .object({
      ID: z.string(),
      // One parent before API 1.42, several since.
      Parent: text,
      Parents: list(z.string()),
      Type: text,
      Description: text,
      Size: number,
      InUse: z.boolean().nullish(),
      Shared: z.boolean().nullish(),
      CreatedAt: z.string().nullish(),
      LastUsedAt: z.string().nullish(),
    })
    .transform((raw) => ({
      id: raw.ID,
      parents: [...new Set([raw.Parent, ...raw.Parents])].filter((id) => id !== ''),
      type: raw.Type,
      description: raw.Description,
      bytes: raw.Size,
      inUse: raw.InUse ?? false,
      shared: raw.Shared ?? false,
      createdAt: time(raw.CreatedAt),
      lastUsedAt: time(raw.LastUsedAt),
    })),
);
const VolumeUse = z.lazy(() =>
  RawVolume.transform(({ Name: name, UsageData: used }) => ({
    name,
    bytes: Math.max(0, used?.Size ?? 0),
    refs: used?.RefCount ?? 0,
  })),
);

/** Its lists are read by `readUsage`. */
export const Usage = z.lazy(() =>
  z.object({
    LayersSize: number,
    Containers: z.unknown(),
    Volumes: z.unknown(),
    BuildCache: z.unknown(),
  }),
);

export async function readUsage(raw: z.infer<typeof Usage>): Promise<DiskUsage> {
  const containers = await readEach(z.object({ SizeRw: number }), raw.Containers);
  const volumes = await readEach(VolumeUse, raw.Volumes);
  const cache = await readEach(CacheRecord, raw.BuildCache);
  return {
    imagesBytes: Math.max(0, raw.LayersSize),
    containersBytes: sum(containers, ({ SizeRw }) => SizeRw),
    volumesBytes: sum(volumes, ({ bytes }) => bytes),
    // The bytes of a shared record are counted with the image that shares them.
    cacheBytes: sum(cache, ({ shared, bytes }) => (shared ? 0 : bytes)),
    volumes,
    cache,
  };
}

export const CachePruned = z.object({ CachesDeleted: list(z.string()), SpaceReclaimed: number });
