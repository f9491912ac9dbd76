import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { MemoryLimit } from '../../domain/size.ts';
import { looksLikeVersion } from '../../domain/typed-version.ts';
import { defineCommand, field } from '../language/define.ts';
import { NOT_SCHEDULED } from '../language/how-long.ts';
import { OneTimeCode, Reason } from '../language/reason.ts';
import { RUN_OPTIONS } from '../language/run-options.ts';
import { ROLLOUT_HABITS } from './rollout-habits.ts';
import { Target } from './target.ts';

/** A tag, a digest or a whole image: which of them it is depends on the service, so the handler decides. */
export const Wanted = z
  .string()
  .max(600)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.\-/:@[\]]*$/u, 'is a tag, a digest or an image');

const Cpus = z
  .string()
  .regex(/^\d{1,3}(?:\.\d{1,2})?$/u, 'is a number of processors such as 0.5 or 2')
  .transform(Number)
  .refine((cpus) => cpus > 0, 'is more than 0');

export const DeployArgs = z.lazy(() =>
  z.strictObject({
    service: field(Target.optional(), { position: 1, description: 'A service of the config, or a running container' }),
    image: field(Wanted.optional(), { position: 2, value: 'tag|digest|image', description: 'What to run' }),
    memory: field(MemoryLimit.optional(), { short: 'm', value: '512m', description: 'Memory limit' }),
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
  }),
);

export type DeployArgs = z.infer<typeof DeployArgs>;

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'Deploy a version, with approval, health checks and automatic rollback',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: DeployArgs,
  serviceOf: ({ service }) => service,
  examples: ['/deploy', '/deploy shop 1.4.0 --reason "faster checkout"', '/deploy shop 1.4.0 --plan @web-1'],
  habits: {
    ...RUN_OPTIONS,
    ...ROLLOUT_HABITS,
    build: phrase`Fairlead builds no images. Once it is in the registry: ${commandLine('deploy shop 1.4.0')}.`,
    'at in when schedule delay=': NOT_SCHEDULED,
  },
  rewrite: serviceAndVersion,
});

/** A version and no name of a service or container, which may begin with a digit. */
const isOnlyVersion = (word: string) => /^(?:v?\d{1,9}\.\d|latest$|sha256:)/u.test(word);
const isName = (word: string) => CONTAINER_NAME.test(word) && !looksLikeVersion(word);

/** `shop:1.4.0`, `shop@1.4.0`, `shop to 1.4.0`, `1.4.0 shop` and `1.4.0 to shop` are `shop 1.4.0`. */
export function serviceAndVersion(words: readonly string[]): readonly string[] {
  const [first = '', second = '-', third = ''] = words;
  if (isOnlyVersion(first) && second === 'to' && isName(third)) return [third, first, ...words.slice(3)];
  if (isOnlyVersion(first) && second !== 'to' && isName(second)) return [second, first, ...words.slice(2)];
  if (/^(?:to|version|tag)$/iu.test(second) && looksLikeVersion(third)) return [first, ...words.slice(2)];
  const [, service, mark, version] = /^([a-zA-Z0-9][\w.-]*)([:@/])(\w[\w.-]*)$/u.exec(first) ?? [];
  const isBoth = service && version && /^[-@]/u.test(second) && (mark === ':' || isOnlyVersion(version));
  return isBoth ? [service, version, ...words.slice(1)] : words;
}
