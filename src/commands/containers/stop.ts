import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';

/** Twenty-six characters of Crockford's base 32: a ULID, made by us. */
const RequestId = /^[0-9A-HJKMNP-TV-Z]{26}$/u;

const FollowId = z
  .string()
  .regex(RequestId, 'is the id of a followed log, which its Stop button says; containers are not stopped from here');

export const StopArgs = z.strictObject({ id: field(FollowId, { position: 1, description: 'The id on the message' }) });

export type StopArgs = z.infer<typeof StopArgs>;

export const stop = defineCommand({
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  name: 'stop',
  summary: 'Stop following a log',
  args: StopArgs,
  examples: ['/dock stop 01J…'],
  habits: {
    's signal t timeout time=': phrase`Containers are not stopped from here. ${commandLine('deploy')} and ${commandLine('rollback shop')} replace them.`,
  },
});
