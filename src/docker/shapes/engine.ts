import { z } from 'zod';
import type { EngineInfo, EngineVersion } from '../client/types.ts';
import { list, number, text } from './fields.ts';

export const Version = z.lazy(() =>
  z
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
    }),
);

/** Architectures of images by what the kernel calls them. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  i686: '386',
};

export const Info = z.lazy(() =>
  z
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
      SystemTime: text,
      Architecture: text,
      Swarm: z.object({ LocalNodeState: text }).nullish(),
      Warnings: list(z.string()),
      HttpProxy: text,
      HttpsProxy: text,
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
        time: raw.SystemTime,
        arch: ARCHITECTURES[raw.Architecture] ?? raw.Architecture,
        swarm: raw.Swarm?.LocalNodeState === 'active',
        warnings: raw.Warnings,
        proxy: (raw.HttpsProxy || raw.HttpProxy).replace(/\/\/[^/@]{0,300}@/u, '//'),
      }),
    ),
);
