import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand } from '../language/define.ts';
import { containers, STOP_HABITS, serviceOfContainers, timeout, withHosts } from './fields.ts';

export const RestartArgs = z.strictObject({ containers, timeout });
export type RestartArgs = z.infer<typeof RestartArgs>;

export const restart = defineCommand({
  name: 'restart',
  summary: 'Restart containers one after the other, each until it is healthy',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: RestartArgs,
  serviceOf: serviceOfContainers,
  rewrite: withHosts,
  examples: ['/dock restart shop', '/dock restart shop --on role=web'],
  habits: {
    ...STOP_HABITS,
    's signal=': phrase`A container is restarted with its own stop signal. ${commandLine('kill -s HUP shop')} sends another one.`,
  },
});
