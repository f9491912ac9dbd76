import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand } from '../language/define.ts';
import { containers, serviceOfContainers, withHosts } from './fields.ts';

export const StartArgs = z.strictObject({ containers });
export type StartArgs = z.infer<typeof StartArgs>;

const NO_TERMINAL = phrase`Containers are started without a terminal: ${commandLine('logs shop -f')} follows the log.`;

export const start = defineCommand({
  name: 'start',
  summary: 'Start stopped containers, and wait until they are healthy',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: StartArgs,
  serviceOf: serviceOfContainers,
  rewrite: withHosts,
  examples: ['/dock start shop', '/dock start shop worker @web-1'],
  habits: {
    'a attach i interactive': NO_TERMINAL,
    'detach-keys=': NO_TERMINAL,
    'checkpoint checkpoint-dir=': 'A start from a checkpoint takes `docker start` on the host.',
  },
});
