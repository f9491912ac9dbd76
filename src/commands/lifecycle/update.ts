import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { MemoryLimit, parseSize, SizeText } from '../../domain/size.ts';
import { defineCommand, field } from '../language/define.ts';
import { containers, serviceOfContainers, withHosts } from './fields.ts';

const UNLIMITED = -1;

/** Bytes, or -1 without a limit. */
const SwapSize = SizeText.transform((text, context) => {
  const bytes = text === '-1' ? UNLIMITED : parseSize(text);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: 'is a size such as 1g, or -1 for no limit' });
  return z.NEVER;
});

const Cpus = z
  .string()
  .regex(/^(?=.)\d{0,4}(?:\.\d{1,9})?$/u, 'is a number of processors such as 0.5 or 2')
  .transform(Number)
  .refine((cpus) => cpus >= 0.01, 'is at least 0.01');

/** Docker reads 0 as no limit. */
const Pids = z
  .string()
  .regex(/^(?:-1|\d{1,7})$/u, 'is a number of processes, or -1 for no limit')
  .transform((text) => (Number(text) <= 0 ? UNLIMITED : Number(text)));

const Restart = z
  .string()
  .regex(
    /^(?:no|always|unless-stopped|on-failure(?::\d{1,9})?)$/u,
    'is no, always, unless-stopped or on-failure[:times]',
  );

export const UpdateArgs = z.lazy(() =>
  z.strictObject({
    containers,
    memory: field(MemoryLimit.optional(), { short: 'm', value: '512m', description: 'Memory limit' }),
    memorySwap: field(SwapSize.optional(), { value: '1g', description: 'Memory and swap together; -1 for no limit' }),
    cpus: field(Cpus.optional(), { value: '1.5', description: 'Processor limit' }),
    pidsLimit: field(Pids.optional(), { value: '200', description: 'Limit of processes; -1 for none' }),
    restart: field(Restart.optional(), { value: 'policy', description: 'Restart policy' }),
  }),
);
export type UpdateArgs = z.infer<typeof UpdateArgs>;

const NOT_CHANGED = 'Only `--memory`, `--memory-swap`, `--cpus`, `--pids-limit` and `--restart` are changed in place.';

export const update = defineCommand({
  name: 'update',
  summary: 'Change limits and restart policy of containers in place',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: UpdateArgs,
  serviceOf: serviceOfContainers,
  rewrite: withHosts,
  examples: ['/dock update --memory 512m --cpus 1.5 shop', '/dock update shop --restart unless-stopped @web-1'],
  habits: {
    'cpu-period cpu-quota cpu-rt-period cpu-rt-runtime c cpu-shares=': phrase`Processors are limited with \`--cpus\`: ${commandLine('update shop --cpus 1.5')}.`,
    'blkio-weight cpuset-cpus cpuset-mems kernel-memory memory-reservation=': NOT_CHANGED,
  },
});
