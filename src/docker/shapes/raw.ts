import { z } from 'zod';
import { Descriptor, labels, list, manifestOf, namesOfImage, number, strings, text } from './fields.ts';

/**
 * Complete inspections, for settings that must be carried over. Fields that are read have types; all others stay as
 * they are.
 */
const Loose = z.looseObject({});
const texts = list(z.string());
const maybe = z.string().nullish();
const flag = z.boolean().nullish();
const amount = z.number().nullish();
const keys = z.record(z.string(), z.unknown()).nullish();

const Endpoint = z.lazy(() =>
  z.looseObject({
    NetworkID: text,
    Aliases: texts,
    Links: texts,
    IPAddress: text,
    MacAddress: text,
    DNSNames: texts,
    IPAMConfig: z.looseObject({ IPv4Address: maybe, IPv6Address: maybe }).nullish(),
    DriverOpts: strings.nullish(),
    GwPriority: z.number().nullish(),
  }),
);

const Health = z.lazy(() =>
  z.looseObject({
    Status: text,
    FailingStreak: number,
    Log: list(z.object({ ExitCode: number, Output: text, End: text })),
  }),
);

const Config = z.lazy(() =>
  z.looseObject({
    Image: text,
    Hostname: text,
    MacAddress: maybe,
    Env: texts,
    Cmd: texts,
    Entrypoint: texts,
    Labels: labels,
    Volumes: keys,
    ExposedPorts: keys,
    Healthcheck: z.looseObject({ Test: texts, Interval: amount, StartPeriod: amount }).nullish(),
    StopTimeout: z.number().nullish(),
    User: maybe,
    WorkingDir: maybe,
    Tty: flag,
    OpenStdin: flag,
  }),
);

const Platform = z.object({ os: text, architecture: text, variant: text });

/** `linux/arm64/v8`; undefined where it is not said. */
export const platformText = ({ os, architecture, variant }: z.infer<typeof Platform>): string | undefined =>
  os === '' || architecture === '' ? undefined : [os, architecture, variant].filter((part) => part !== '').join('/');

const Binding = z.object({ HostIp: text, HostPort: text });

const HostConfig = z.lazy(() =>
  z.looseObject({
    NetworkMode: text,
    IpcMode: text,
    PidMode: text,
    UTSMode: text,
    UsernsMode: text,
    CgroupnsMode: text,
    AutoRemove: flag,
    Privileged: flag,
    PublishAllPorts: flag,
    ReadonlyRootfs: flag,
    Memory: amount,
    PidsLimit: amount,
    Binds: texts,
    Mounts: list(z.looseObject({ Type: text, Source: text, Target: text, ReadOnly: flag })),
    Tmpfs: keys,
    VolumesFrom: texts,
    Links: texts,
    PortBindings: z.record(z.string(), list(Binding)).nullish(),
    RestartPolicy: z.object({ Name: text, MaximumRetryCount: number }).nullish(),
  }),
);

export const RawContainer = z.lazy(() =>
  z.looseObject({
    Id: z.string(),
    Name: z.string().transform((name) => name.replace(/^\//u, '')),
    Created: text,
    /** Id of the image. */
    Image: text,
    /** Only with containerd's image store, where an image may be there for several platforms. */
    ImageManifestDescriptor: z.object({ platform: Platform.nullish() }).nullish(),
    RestartCount: number,
    State: z.looseObject({
      Status: text,
      Running: flag,
      Paused: flag,
      OOMKilled: flag,
      ExitCode: number,
      Error: text,
      StartedAt: text,
      FinishedAt: text,
      Health: Health.nullish(),
    }),
    Config,
    HostConfig,
    Mounts: list(z.looseObject({ Type: text, Name: text, Source: text, Destination: text, RW: z.boolean().nullish() })),
    NetworkSettings: z.looseObject({
      Networks: z
        .record(z.string(), Endpoint)
        .nullish()
        .transform((value) => value ?? {}),
    }),
  }),
);
export type RawContainer = z.infer<typeof RawContainer>;

export const RawImage = z
  .object({
    Id: z.string(),
    RepoTags: texts,
    RepoDigests: texts,
    Size: number,
    Os: text,
    Architecture: text,
    Variant: text,
    Config: Loose.nullish(),
    Descriptor,
  })
  .transform((raw) => ({
    id: raw.Id,
    ...namesOfImage(raw),
    ...manifestOf(raw),
    bytes: raw.Size,
    platform: platformText({ os: raw.Os, architecture: raw.Architecture, variant: raw.Variant }),
    /** Defaults of a container of this image; engines from API 1.52 omit what is not set. */
    config: (raw.Config ?? {}) as Readonly<Record<string, unknown>>,
  }));
export type RawImage = z.infer<typeof RawImage>;

export const Distribution = z
  .object({
    Descriptor: z.object({ digest: z.string() }),
    Platforms: list(Platform),
  })
  .transform(({ Descriptor, Platforms }) => ({
    digest: Descriptor.digest,
    /** `linux/arm64/v8`; attachments of an index, such as its provenance, are of no platform. */
    platforms: Platforms.filter(({ os }) => os !== 'unknown').flatMap((one) => platformText(one) ?? []),
  }));
export const Created = z.object({ Id: z.string() });
// Podman answers with the id alone.
export const Updated = z.object({ Warnings: texts });
