import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand } from '../language/define.ts';
import { containers, STOP_HABITS, serviceOfContainers, timeout, withHosts } from './fields.ts';

export const StopArgs = z.strictObject({ containers, timeout });
export type StopArgs = z.infer<typeof StopArgs>;

export const stop = defineCommand({
  name: 'stop',
  summary: 'Stop running containers',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: StopArgs,
  serviceOf: serviceOfContainers,
  rewrite: withHosts,
  examples: ['/dock stop shop', '/dock stop -t 30 shop worker @web-1'],
  habits: {
    ...STOP_HABITS,
    's signal=': phrase`A container is stopped with its own stop signal. ${commandLine('kill -s HUP shop')} sends another one.`,
  },
});
