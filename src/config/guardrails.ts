import { z } from 'zod';

const LIMITS = ['memory', 'pids', 'restart', 'healthcheck'] as const;

/** What the final settings of a container may have. Strict unless something is allowed here. */
export const Guardrails = z.strictObject({
  allow: z
    .strictObject({
      privileged: z.boolean().default(false),
      hostNamespaces: z
        .boolean()
        .default(false)
        .meta({ description: "The host's network, pid, ipc, uts, user or cgroup" }),
      dockerSocket: z.boolean().default(false).meta({ description: 'Access to it is root on the host' }),
      unconfined: z.boolean().default(false).meta({ description: 'Without seccomp, AppArmor or SELinux' }),
      devices: z.array(z.string()).default([]).meta({ description: 'Patterns over paths such as /dev/dri/*' }),
      capabilities: z
        .array(z.string().transform((name) => name.toUpperCase().replace(/^CAP_/u, '')))
        .default([])
        .meta({ description: 'Such as NET_ADMIN; those docker gives anyway are not judged' }),
      binds: z.array(z.string()).default([]).meta({ description: 'Patterns over folders of the host: "/srv/**"' }),
      volumes: z
        .array(z.string())
        .default([])
        .meta({ description: 'Patterns over names of volumes that are not a container\u2019s own: "shared-*"' }),
      ports: z
        .enum(['any', 'unprivileged', 'loopback'])
        .default('unprivileged')
        .meta({ description: 'any; 1024 and up, or on 127.0.0.1; only on 127.0.0.1' }),
    })
    .prefault({}),
  require: z.array(z.enum(LIMITS)).default(['memory']).meta({ description: 'What a container must have set' }),
});
export type GuardrailsConfig = z.infer<typeof Guardrails>;

export type GuardedKind =
  | 'privileged'
  | 'host-namespace'
  | 'container-namespace'
  | 'docker-socket'
  | 'bind'
  | 'volume'
  | 'device'
  | 'capability'
  | 'security'
  | 'volumes-from'
  | 'sysctl'
  | 'runtime'
  | 'cgroup'
  | 'port'
  | 'no-memory-limit'
  | 'no-pids-limit'
  | 'no-restart'
  | 'no-healthcheck';

/** One fact about a container's final settings that a guardrail may object to. */
export interface Guarded {
  readonly kind: GuardedKind;
  /** `network`, `/etc`, `/dev/kmsg`, `SYS_ADMIN`, `seccomp=unconfined`, `0.0.0.0:80/tcp`; '' when the kind says it all. */
  readonly what: string;
  /** The container that runs now has it too. */
  readonly inherited: boolean;
}
