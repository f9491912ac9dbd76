import { z } from 'zod';
import type { DiskUsage } from '../client/types.ts';
import { list, number, text, time } from './fields.ts';
import { readEach } from './read.ts';
import { RawVolume } from './volumes.ts';

const sum = (values: readonly { readonly Size: number }[]) =>
  values.reduce((total, { Size }) => total + Math.max(0, Size), 0);
const RawCache = z.lazy(() =>
  z.object({
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
  }),
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
  const volumes = await readEach(RawVolume, raw.Volumes);
  const cache = await readEach(RawCache, raw.BuildCache);
  return {
    imagesBytes: Math.max(0, raw.LayersSize),
    containersBytes: sum(containers.map(({ SizeRw }) => ({ Size: SizeRw }))),
    volumesBytes: sum(volumes.map(({ UsageData }) => ({ Size: UsageData?.Size ?? 0 }))),
    // The bytes of a shared record are counted with the image that shares them.
    cacheBytes: sum(cache.filter(({ Shared }) => !Shared)),
    volumes: volumes.map((volume) => ({
      name: volume.Name,
      bytes: Math.max(0, volume.UsageData?.Size ?? 0),
      refs: volume.UsageData?.RefCount ?? 0,
    })),
    cache: cache.map((record) => ({
      id: record.ID,
      parents: [...new Set([record.Parent, ...record.Parents])].filter((id) => id !== ''),
      type: record.Type,
      description: record.Description,
      bytes: record.Size,
      inUse: record.InUse ?? false,
      shared: record.Shared ?? false,
      createdAt: time(record.CreatedAt),
      lastUsedAt: time(record.LastUsedAt),
    })),
  };
}

export const CachePruned = z.object({ CachesDeleted: list(z.string()), SpaceReclaimed: number });
