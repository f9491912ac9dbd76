import { z } from 'zod';
import { Duration } from '../../domain/duration.ts';
import { volumeOfMount } from '../../domain/mount-option.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { PortText } from '../../domain/ports.ts';
import { parseReference } from '../../domain/reference.ts';
import { MemoryLimit } from '../../domain/size.ts';
import { VolumeText } from '../../domain/volumes.ts';
import { defineCommand, field } from '../language/define.ts';
import { NO_RUN_OPTIONS } from './no-run-options.ts';

const Cpus = z
  .string()
  .regex(/^\d{1,3}(?:\.\d{1,3})?$/u, 'is a number of processors such as 0.5 or 2')
  .transform(Number)
  .refine((cpus) => cpus > 0, 'is more than 0');
const Pids = z
  .string()
  .regex(/^[1-9]\d{0,6}$/u, 'is a number of processes, such as 200')
  .transform(Number);
const Mount = z
  .string()
  .max(500)
  .transform((text, context) => {
    const volume = volumeOfMount(text);
    if (volume !== undefined) return volume;
    context.addIssue({ code: 'custom', message: 'is type=bind|volume,source=…,target=/…[,readonly]' });
    return z.NEVER;
  });
const Capability = z
  .string()
  .regex(/^(?:CAP_)?[A-Za-z_]{2,40}$/u, 'is a capability such as NET_ADMIN')
  .transform((name) => name.toUpperCase().replace(/^CAP_/u, ''));
const Label = z
  .string()
  .max(500)
  .regex(/^[^=\s]{1,200}(?:=.*)?$/u, 'is name=value')
  .refine((label) => !/^(?:fairlead\.|com\.docker\.)/iu.test(label), 'is not a label of Fairlead or of Docker itself');
const name = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,62}$/u, 'is a container name of 2 to 63 letters, digits, _, . and -')
  .refine((text) => !/\.(?:candidate$|(?:prev|failed)-)/u.test(text), 'is not a name that deploys give');
const rare = { isRare: true } as const;
const many = <T extends z.ZodType>(one: T) => z.array(one).max(50).default([]);

export const RunArgs = z.lazy(() =>
  z.strictObject({
    image: field(z.string().min(1).max(600).optional(), { position: 1, description: 'What to run' }),
    command: field(z.array(z.string().max(4000)).max(200).default([]), {
      position: 2,
      value: 'command',
      description: 'Instead of the image’s own; no shell is added',
    }),
    name: field(name.optional(), { value: 'name', description: 'Name of the container' }),
    detach: field(z.boolean().default(false), { short: 'd', description: 'Leave it running' }),
    rm: field(z.boolean().default(false), { description: 'Remove it at its end, or when its time is up' }),
    for: field(Duration.optional(), { value: '30m', description: 'With --rm: how long it lives' }),
    publish: field(many(z.string().max(100).pipe(PortText)), {
      short: 'p',
      value: '8080:80',
      description: 'Publish a port',
    }),
    volume: field(many(z.string().max(500).pipe(VolumeText)), {
      short: 'v',
      value: 'data:/data',
      description: 'Mount a volume',
    }),
    mount: field(many(Mount), { value: 'type=…', description: 'The same, as docker’s --mount', ...rare }),
    env: field(many(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}=/u, 'is NAME=value')), {
      short: 'e',
      value: 'NAME=value',
      description: 'Set a variable; its value is shown to nobody',
      secret: true,
    }),
    envFile: field(many(z.string().max(60)), {
      value: 'name',
      description: 'A set of variables of the config',
      ...rare,
    }),
    memory: field(MemoryLimit.optional(), { short: 'm', value: '512m', description: 'Memory limit' }),
    cpus: field(Cpus.optional(), { value: '1.5', description: 'Processor limit' }),
    pidsLimit: field(Pids.optional(), { value: '200', description: 'Limit of processes' }),
    restart: field(
      z
        .string()
        .regex(
          /^(?:no|always|unless-stopped|on-failure(?::\d{1,4})?)$/u,
          'is no, always, unless-stopped or on-failure[:times]',
        )
        .optional(),
      { value: 'policy', description: 'Restart policy (no)' },
    ),
    network: field(
      z
        .string()
        .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/u, 'is the name of a network')
        .optional(),
      {
        value: 'name',
        description: 'An existing network',
      },
    ),
    healthCmd: field(z.string().min(1).max(1000).optional(), {
      value: 'command',
      description: 'Health check',
      ...rare,
    }),
    healthInterval: field(Duration.optional(), { value: '10s', description: 'Time between two checks', ...rare }),
    healthTimeout: field(Duration.optional(), { value: '5s', description: 'Most time of one check', ...rare }),
    healthRetries: field(Pids.optional(), { value: '3', description: 'Failures until it is unhealthy', ...rare }),
    healthStartPeriod: field(Duration.optional(), {
      value: '20s',
      description: 'Time in which failures do not count',
      ...rare,
    }),
    label: field(many(Label), { short: 'l', value: 'name=value', description: 'Set a label', ...rare }),
    entrypoint: field(z.string().max(500).optional(), {
      value: 'program',
      description: 'Instead of the image’s own',
      ...rare,
    }),
    user: field(z.string().min(1).max(200).optional(), {
      short: 'u',
      value: 'user',
      description: 'As another user',
      ...rare,
    }),
    workdir: field(z.string().max(500).startsWith('/', 'is an absolute path').optional(), {
      short: 'w',
      value: '/path',
      description: 'In another folder',
      ...rare,
    }),
    readOnly: field(z.boolean().default(false), { description: 'The root file system cannot be written', ...rare }),
    capAdd: field(many(Capability), {
      value: 'NET_ADMIN',
      description: 'Add a capability, where the guardrails allow it',
      ...rare,
    }),
    capDrop: field(many(Capability), { value: 'ALL', description: 'Take a capability away', ...rare }),
    privileged: field(z.boolean().default(false), { description: 'Where the guardrails allow it', ...rare }),
  }),
);

export type RunArgs = z.infer<typeof RunArgs>;

export const run = defineCommand({
  name: 'run',
  summary: 'Run an image in a new container, within limits',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  verbatimAfter: 1,
  args: RunArgs,
  imageOf: ({ image }) => (image === undefined ? undefined : parseReference(image)),
  onOneHost: true,
  examples: [
    '/run -d --name cache -m 256m -p 127.0.0.1:6379:6379 redis:7 @web-1',
    '/run --rm -m 128m alpine:3 @web-1 nslookup db',
    '/run -d --rm --for 2h -m 512m --env-file shop harbor.example.com/devops/shop:1.4.0 @web-1',
  ],
  habits: {
    ...NO_RUN_OPTIONS,
    'net=': { as: (value) => (value === '' ? undefined : ['--network', value]), say: 'A network is `--network name`.' },
    'pids=': {
      as: (value) => (value === '' ? undefined : ['--pids-limit', value]),
      say: 'A limit is `--pids-limit 200`.',
    },
    'i interactive t tty': phrase`There is no terminal in chat. Leave \`-it\` out: ${commandLine('run --rm -m 128m alpine:3 ls')}.`,
  },
});
