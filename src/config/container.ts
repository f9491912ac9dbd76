import { z } from 'zod';
import { Duration } from '../domain/duration.ts';
import { PortText } from '../domain/ports.ts';
import { Size } from '../domain/size.ts';
import { VolumeText } from '../domain/volumes.ts';
import { duration } from './words.ts';

const ContainerName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/u, 'must be a container name: letters, digits, _, . and -');
const EnvironmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/u, 'must be a variable name');
// YAML reads 1 and true as they look; a variable and a label are text to the engine.
const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Capability = z
  .string()
  .regex(/^(?:CAP_)?[A-Z_]+$/iu, 'must be a capability such as NET_ADMIN')
  .transform((name) => name.toUpperCase().replace(/^CAP_/u, ''));

const Healthcheck = z.lazy(() =>
  z.strictObject({
    test: z
      .union([z.string().min(1), z.array(z.string()).min(1)])
      .transform((test) => (typeof test === 'string' ? ['CMD-SHELL', test] : test))
      .refine((test) => /^(?:CMD|CMD-SHELL|NONE)$/u.test(test[0] as string), 'must begin with CMD, CMD-SHELL or NONE')
      .meta({ description: 'A shell command, or [CMD, …] without a shell; [NONE] turns the one of the image off' }),
    interval: duration('30s'),
    timeout: duration('30s'),
    retries: z.int().min(1).default(3),
    startPeriod: Duration.optional().meta({ description: 'Failures in this time after the start do not count' }),
  }),
);

const Network = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1),
    aliases: z.array(z.string().min(1)).default([]).meta({ description: 'Names others on this network reach it by' }),
  }),
);

/** How the container is made: docker's own options, by docker's own names. */
export const Container = z.lazy(() =>
  z.strictObject({
    name: ContainerName.optional().meta({ description: "Without it, the service's name" }),
    ports: z.array(PortText).default([]).meta({ description: "As docker's -p: 8080:80" }),
    environment: z.record(EnvironmentName, Text).default({}).meta({ description: 'Secrets from the environment only' }),
    volumes: z.array(VolumeText).default([]).meta({ description: "As docker's -v: data:/var/lib/data" }),
    memory: Size.optional().meta({ description: '512m, 2g' }),
    cpus: z.number().positive().max(1024).optional(),
    pids: z.int().min(1).optional(),
    restart: z
      .string()
      .regex(
        /^(?:no|always|unless-stopped|on-failure(?::\d+)?)$/u,
        'is no, always, unless-stopped or on-failure[:times]',
      )
      .default('unless-stopped'),
    networks: z.array(Network).default([]).meta({ description: 'Existing networks; without it the default bridge' }),
    healthcheck: Healthcheck.optional().meta({ description: 'Without it the one of the image, if it has one' }),
    command: z.array(z.string()).optional(),
    entrypoint: z.array(z.string()).optional(),
    labels: z.record(z.string().min(1), Text).default({}),
    user: z.string().min(1).optional(),
    workdir: z.string().startsWith('/', 'must begin with /').optional(),
    stopTimeout: Duration.optional().meta({ description: 'How long it may take to stop before it is killed' }),
    extraHosts: z
      .array(z.string().regex(/^[^:\s]+:\S+$/u, 'is name:address'))
      .default([])
      .meta({ description: 'name:address, as in /etc/hosts' }),
    readOnly: z.boolean().default(false).meta({ description: 'The root file system cannot be written' }),
    capAdd: z.array(Capability).default([]),
    capDrop: z.array(Capability).default([]),
    devices: z
      .array(
        z
          .string()
          .regex(/^\/[^:]+(?::\/[^:]+)?(?::[rwm]{1,3})?$/u, 'is a device such as /dev/dri or /dev/sda:/dev/xvda:r'),
      )
      .default([]),
    privileged: z.boolean().default(false),
    logging: z.strictObject({ driver: z.string().min(1), options: z.record(z.string(), Text).default({}) }).optional(),
  }),
);
/** `memory` is in bytes, every time in milliseconds; ports and volumes are as written, and parse. */
export type ContainerConfig = Omit<z.infer<typeof Container>, 'name'> & { readonly name: string };
