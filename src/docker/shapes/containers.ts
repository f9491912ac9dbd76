import { z } from 'zod';
import type { Container, ContainerDetail, ContainerState } from '../client/types.ts';
import { labels, list, number, records, text, time } from './fields.ts';
import { ListShape } from './read.ts';

const RawPort = z.lazy(() =>
  z.object({
    IP: z.string().nullish(),
    PrivatePort: z.number(),
    PublicPort: z.number().nullish(),
    Type: text,
  }),
);
const RawContainer = z.lazy(() =>
  z.object({
    Id: z.string(),
    Names: list(z.string()),
    Image: text,
    ImageID: text,
    Command: text,
    Created: number,
    State: text,
    Status: text,
    // A port range is listed port by port, for IPv4 and IPv6.
    Ports: list(RawPort, 40_000),
    Labels: labels,
    SizeRw: number,
    Mounts: list(z.object({ Type: text, Name: z.string().nullish(), Source: text, Destination: text })),
    NetworkSettings: z
      .object({ Networks: records(z.object({ NetworkID: text, IPAddress: text }).nullish()) })
      .nullish(),
  }),
);

export const Containers = new ListShape(RawContainer.transform(containerOf));
export const ContainerSizes = new ListShape(RawContainer.transform((raw) => ({ id: raw.Id, bytes: raw.SizeRw })));
/** Ids and names of the networks of each container; a container that never ran has no ids yet. */
export const Attachments = new ListShape(
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
  // Podman's states.
  configured: 'created',
  initialized: 'created',
  stopping: 'running',
  stopped: 'exited',
};

function containerOf(raw: z.infer<typeof RawContainer>): Container {
  const health = /\((healthy|unhealthy|health: starting)\)/u.exec(raw.Status)?.[1];
  return {
    id: raw.Id,
    // Links are listed too, as /other/alias, in any order.
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
      source: mount.Source,
    })),
    networks: Object.keys(raw.NetworkSettings?.Networks ?? {}),
    addresses: Object.values(raw.NetworkSettings?.Networks ?? {}).flatMap((at) => at?.IPAddress || []),
  };
}

export const OneContainer = z.lazy(() =>
  z
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
    ),
);
