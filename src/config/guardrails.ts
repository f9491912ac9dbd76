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
      dockerSocket: z.boolean().default(false).meta({ description: 'Whoever has it is root on the host' }),
      unconfined: z.boolean().default(false).meta({ description: 'Without seccomp, AppArmor or SELinux' }),
      devices: z.array(z.string()).default([]).meta({ description: 'Patterns over paths such as /dev/dri/*' }),
      capabilities: z
        .array(z.string().transform((name) => name.toUpperCase().replace(/^CAP_/u, '')))
        .default([])
        .meta({ description: 'Such as NET_ADMIN; those docker gives anyway are not judged' }),
      binds: z.array(z.string()).default([]).meta({ description: 'Patterns over folders of the host: "/srv/**"' }),
      ports: z
        .enum(['any', 'unprivileged', 'loopback'])
        .default('unprivileged')
        .meta({ description: 'any; 1024 and up, or on 127.0.0.1; only on 127.0.0.1' }),
    })
    .prefault({}),
  require: z.array(z.enum(LIMITS)).default(['memory']).meta({ description: 'What a container must have set' }),
});
export type GuardrailsConfig = z.infer<typeof Guardrails>;

/** One fact of a container's final settings that a guardrail may object to. */
export type Guarded =
  | { readonly kind: 'privileged' }
  | { readonly kind: 'host-namespace'; readonly namespace: 'network' | 'pid' | 'ipc' | 'uts' | 'user' | 'cgroup' }
  | { readonly kind: 'docker-socket'; readonly source: string }
  /** `option` is the security option as the engine has it: `seccomp=unconfined`, `label=disable`. */
  | { readonly kind: 'unconfined'; readonly option: string }
  | { readonly kind: 'device'; readonly path: string }
  /** Added beyond what docker gives every container; with or without `CAP_`. */
  | { readonly kind: 'capability'; readonly name: string }
  /** A folder of the host; the Docker socket is a fact of its own. */
  | { readonly kind: 'bind'; readonly source: string; readonly readOnly: boolean }
  /** `hostIp` '' is every address; `hostPort` undefined is one the engine picks. */
  | {
      readonly kind: 'port';
      readonly hostIp: string;
      readonly hostPort: number | undefined;
      readonly protocol: string;
    }
  | { readonly kind: 'missing'; readonly what: (typeof LIMITS)[number] };
