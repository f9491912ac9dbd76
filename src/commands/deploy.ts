import { z } from 'zod';
import { defineCommand, field } from './define.ts';
import { HOSTS_ARE_CHOSEN } from './habit.ts';
import { CONTAINER_NAME } from './logs.ts';
import { OneTimeCode, Reason } from './reason.ts';
import { RUN_OPTIONS } from './run-options.ts';
import { Size } from './size.ts';

const Target = z.string().regex(CONTAINER_NAME, 'is a service of the config, or a container name');

/** A tag, a digest or a whole image: which of them it is depends on the service, so the handler decides. */
const Wanted = z
  .string()
  .max(600)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.\-/:@[\]]*$/u, 'is a tag, a digest or an image');

const Cpus = z
  .string()
  .regex(/^\d{1,3}(?:\.\d{1,2})?$/u, 'is a number of processors such as 0.5 or 2')
  .transform(Number)
  .refine((cpus) => cpus > 0, 'is more than 0');

export const DeployArgs = z.strictObject({
  service: field(Target.optional(), { position: 1, description: 'A service of the config, or a running container' }),
  image: field(Wanted.optional(), { position: 2, value: 'tag|digest|image', description: 'What to run' }),
  memory: field(Size.optional(), { short: 'm', value: '512m', description: 'Memory limit' }),
  cpus: field(Cpus.optional(), { value: '1.5', description: 'Processor limit' }),
  env: field(z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}=/u, 'is NAME=value')).default([]), {
    short: 'e',
    value: 'NAME=value',
    description: 'Set a variable; its value is shown to nobody',
    secret: true,
  }),
  publish: field(z.array(z.string().max(100)).default([]), {
    short: 'p',
    value: '8080:80',
    description: 'Publish a port',
  }),
  volume: field(z.array(z.string().max(500)).default([]), {
    short: 'v',
    value: 'data:/data',
    description: 'Mount a volume',
  }),
  reason: field(Reason.optional(), { value: 'text', isText: true, description: 'Why, for those who approve' }),
  plan: field(z.boolean().default(false), { description: 'Show the plan and stop' }),
  breakGlass: field(z.boolean().default(false), {
    description: 'Skip approval and freeze, loudly, where the config allows it to you; needs --reason',
  }),
  code: OneTimeCode,
});
export type DeployArgs = z.infer<typeof DeployArgs>;

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'Deploy a version: planned, approved, health-gated, with a way back',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  args: DeployArgs,
  serviceOf: ({ service }) => service,
  examples: ['/deploy', '/deploy shop 1.4.0 --reason "faster checkout"', '/deploy shop 1.4.0 --plan @web-1'],
  habits: RUN_OPTIONS,
  rewrite: serviceAndVersion,
});

/** `shop:1.4.0` is `shop 1.4.0`. */
function serviceAndVersion(words: readonly string[]): readonly string[] {
  const [first = '', second = '-'] = words;
  const [, service, version] = /^([a-zA-Z0-9][\w.-]*):(\w[\w.-]*)$/u.exec(first) ?? [];
  return service && version && /^[-@]/u.test(second) ? [service, version, ...words.slice(1)] : words;
}

export const RollbackArgs = z.strictObject({
  service: field(Target, { position: 1, value: 'service', description: 'A service of the config, or a container' }),
  to: field(Wanted.optional(), {
    value: 'tag|digest',
    description: 'Which version; without it, the list to choose from',
  }),
  reason: field(Reason.optional(), { value: 'text', isText: true, description: 'Why, for those who approve' }),
  plan: field(z.boolean().default(false), { description: 'Show the plan and stop' }),
  breakGlass: field(z.boolean().default(false), {
    description: 'Skip approval and freeze, loudly, where the config allows it to you; needs --reason',
  }),
  code: OneTimeCode,
});
export type RollbackArgs = z.infer<typeof RollbackArgs>;

export const rollback = defineCommand({
  name: 'rollback',
  summary: 'Go back to a version that was verified healthy',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  args: RollbackArgs,
  serviceOf: ({ service }) => service,
  examples: ['/rollback shop', '/rollback shop 1.3.2 --reason "checkout errors"'],
  habits: {
    'd detach q quiet': 'ignored',
    'H host context=': HOSTS_ARE_CHOSEN,
  },
  // As `/deploy shop 1.3.2` is said. What comes before the service is an option's, and then everything is said with options.
  rewrite(words) {
    const [service, ...rest] = serviceAndVersion(words);
    const [version, ...more] = rest[0] === 'to' ? rest.slice(1) : rest;
    const isPlain = [service, version].every((word) => word !== undefined && !/^[-@]/u.test(word));
    // More words are a sentence, and its first one is no version.
    return isPlain && /^(?:[-@]|$)/u.test(more[0] ?? '') ? [`${service}`, '--to', `${version}`, ...more] : words;
  },
});
