import { z } from 'zod';
import type {
  Container,
  ContainerDetail,
  ContainerState,
  DiskUsage,
  EngineInfo,
  EngineVersion,
  Image,
  ImageDetail,
  Network,
  Volume,
} from './engine.ts';

// Only the fields used, and forgiving: engines from API 1.41 to 1.56 leave different ones out or send null.
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const strings = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

/** Unix milliseconds; the engine's zero time is no time. */
function time(iso: string | null | undefined): number | undefined {
  const at = Date.parse(iso ?? '');
  return Number.isNaN(at) || at <= 0 ? undefined : at;
}

export const Version = z
  .object({
    Version: text,
    ApiVersion: z.string(),
    MinAPIVersion: text,
    Os: text,
    Arch: text,
    Components: list(z.object({ Name: z.string() })),
  })
  .transform((raw): EngineVersion & { readonly minApi: string } => {
    const podman = raw.Components.some(({ Name }) => Name === 'Podman Engine');
    return {
      engine: podman ? 'Podman' : 'Docker',
      version: raw.Version,
      apiVersion: raw.ApiVersion,
      os: raw.Os,
      arch: raw.Arch,
      podman,
      minApi: raw.MinAPIVersion,
    };
  });

export const Info = z
  .object({
    Name: text,
    Containers: number,
    ContainersRunning: number,
    ContainersPaused: number,
    ContainersStopped: number,
    Images: number,
    NCPU: number,
    MemTotal: number,
    DockerRootDir: text,
    Swarm: z.object({ LocalNodeState: text }).nullish(),
    Warnings: list(z.string()),
  })
  .transform(
    (raw): EngineInfo => ({
      name: raw.Name,
      containers: raw.Containers,
      running: raw.ContainersRunning,
      paused: raw.ContainersPaused,
      stopped: raw.ContainersStopped,
      images: raw.Images,
      cpus: raw.NCPU,
      memoryBytes: raw.MemTotal,
      dataRoot: raw.DockerRootDir,
      swarm: raw.Swarm?.LocalNodeState === 'active',
      warnings: raw.Warnings,
    }),
  );

const tagOnly = (tags: readonly string[]) => tags.filter((tag) => !tag.startsWith('<none>'));

export const Images = list(
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
        digests: tagOnly(raw.RepoDigests),
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
      digests: tagOnly(raw.RepoDigests),
      createdAt: time(raw.Created) ?? 0,
      bytes: raw.Size,
      labels: raw.Config?.Labels ?? {},
      os: raw.Os,
      arch: raw.Architecture,
    }),
  );

const RawPort = z.object({
  IP: z.string().nullish(),
  PrivatePort: z.number(),
  PublicPort: z.number().nullish(),
  Type: text,
});
const RawContainer = z.object({
  Id: z.string(),
  Names: list(z.string()),
  Image: text,
  ImageID: text,
  Command: text,
  Created: number,
  State: text,
  Status: text,
  Ports: list(RawPort),
  Labels: strings,
  SizeRw: number,
  Mounts: list(z.object({ Type: text, Name: z.string().nullish(), Destination: text })),
  NetworkSettings: z
    .object({ Networks: z.record(z.string(), z.object({ NetworkID: text }).nullish()).nullish() })
    .nullish(),
});

export const Containers = list(RawContainer.transform(containerOf));
export const ContainerSizes = list(RawContainer.transform((raw) => ({ id: raw.Id, bytes: raw.SizeRw })));
/** Ids and names of the networks of each container; one that never ran has no ids yet. */
export const Attachments = list(
  RawContainer.transform((raw) =>
    Object.entries(raw.NetworkSettings?.Networks ?? {}).map(([name, at]) => ({ name, id: at?.NetworkID ?? '' })),
  ),
);

const STATES: Readonly<Record<string, ContainerState>> = {
  created: 'created',
  running: 'running',
  paused: 'paused',
  restarting: 'restarting',
  removing: 'removing',
  exited: 'exited',
  dead: 'dead',
  // Podman's own words.
  configured: 'created',
  initialized: 'created',
  stopping: 'running',
  stopped: 'exited',
};

function containerOf(raw: z.infer<typeof RawContainer>): Container {
  const health = /\((healthy|unhealthy|health: starting)\)/u.exec(raw.Status)?.[1];
  return {
    id: raw.Id,
    // A container's links are listed too, as /other/alias, in no order.
    names: raw.Names.map((name) => name.replace(/^\//u, '')).toSorted(
      (a, b) => Number(a.includes('/')) - Number(b.includes('/')),
    ),
    image: raw.Image,
    imageId: raw.ImageID,
    command: raw.Command,
    createdAt: raw.Created * 1000,
    state: STATES[raw.State] ?? 'dead',
    status: raw.Status,
    health:
      health === undefined
        ? undefined
        : health === 'health: starting'
          ? 'starting'
          : (health as 'healthy' | 'unhealthy'),
    ports: raw.Ports.map((port) => ({
      ip: port.IP ?? undefined,
      privatePort: port.PrivatePort,
      publicPort: port.PublicPort ?? undefined,
      protocol: port.Type,
    })),
    labels: raw.Labels,
    mounts: raw.Mounts.map((mount) => ({
      type: mount.Type,
      name: mount.Name ?? undefined,
      destination: mount.Destination,
    })),
    networks: Object.keys(raw.NetworkSettings?.Networks ?? {}),
  };
}

export const OneContainer = z
  .object({
    Id: z.string(),
    Name: text,
    Config: z.object({ Tty: z.boolean().nullish(), Env: list(z.string()) }),
    HostConfig: z.object({ LogConfig: z.object({ Type: text }).nullish() }).nullish(),
    State: z.object({
      Running: z.boolean().nullish(),
      Restarting: z.boolean().nullish(),
      StartedAt: text,
      FinishedAt: text,
      ExitCode: z.number().nullish(),
      Error: text,
    }),
  })
  .transform(
    (raw): ContainerDetail => ({
      id: raw.Id,
      name: raw.Name.replace(/^\//u, ''),
      tty: raw.Config.Tty ?? false,
      logDriver: raw.HostConfig?.LogConfig?.Type ?? '',
      env: raw.Config.Env,
      running: raw.State.Running ?? false,
      restarting: raw.State.Restarting ?? false,
      startedAt: time(raw.State.StartedAt),
      finishedAt: time(raw.State.FinishedAt),
      exitCode: raw.State.ExitCode ?? undefined,
      error: raw.State.Error,
    }),
  );

const RawVolume = z.object({
  Name: z.string(),
  CreatedAt: text,
  Labels: strings,
  UsageData: z.object({ Size: number, RefCount: number }).nullish(),
});
export const Volumes = z.object({
  Volumes: list(
    RawVolume.transform(
      (raw): Volume => ({
        name: raw.Name,
        anonymous: /^[0-9a-f]{64}$/u.test(raw.Name) || Object.hasOwn(raw.Labels, 'com.docker.volume.anonymous'),
        createdAt: time(raw.CreatedAt),
        labels: raw.Labels,
      }),
    ),
  ),
});

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

const sum = (values: readonly { readonly Size: number }[]) =>
  values.reduce((total, { Size }) => total + Math.max(0, Size), 0);
const RawCache = z.object({
  ID: z.string(),
  Type: text,
  Description: text,
  Size: number,
  InUse: z.boolean().nullish(),
  Shared: z.boolean().nullish(),
  CreatedAt: z.string().nullish(),
  LastUsedAt: z.string().nullish(),
});

export const Usage = z
  .object({
    LayersSize: number,
    Containers: list(z.object({ SizeRw: number })),
    Volumes: list(RawVolume),
    BuildCache: list(RawCache),
  })
  .transform(
    (raw): DiskUsage => ({
      imagesBytes: Math.max(0, raw.LayersSize),
      containersBytes: sum(raw.Containers.map(({ SizeRw }) => ({ Size: SizeRw }))),
      volumesBytes: sum(raw.Volumes.map(({ UsageData }) => ({ Size: UsageData?.Size ?? 0 }))),
      // A shared record's bytes are counted with the image that shares them.
      cacheBytes: sum(raw.BuildCache.filter(({ Shared }) => !Shared)),
      volumes: raw.Volumes.map((volume) => ({
        name: volume.Name,
        bytes: Math.max(0, volume.UsageData?.Size ?? 0),
        refs: volume.UsageData?.RefCount ?? 0,
      })),
      cache: raw.BuildCache.map((record) => ({
        id: record.ID,
        type: record.Type,
        description: record.Description,
        bytes: record.Size,
        inUse: record.InUse ?? false,
        shared: record.Shared ?? false,
        createdAt: time(record.CreatedAt),
        lastUsedAt: time(record.LastUsedAt),
      })),
    }),
  );

export const Freed = z.object({ SpaceReclaimed: number });
