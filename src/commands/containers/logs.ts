import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { Duration, Moment } from '../../domain/duration.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';
import { followFor } from '../language/follow-for.ts';

export const LogsArgs = z.lazy(() =>
  z.strictObject({
    container: field(z.string().regex(CONTAINER_NAME, 'is a container name or id'), {
      position: 1,
      description: 'Name or id',
    }),
    tail: field(
      z
        .string()
        .regex(/^(?:all|\d{1,9})$/u, 'is a number of lines, or all')
        .transform((text) => (text === 'all' ? ('all' as const) : Number(text)))
        .optional(),
      { short: 'n', value: 'lines', description: 'How many lines from the end (100; all)' },
    ),
    since: field(Moment.optional(), { value: '10m', description: 'Lines since a time, or so long ago' }),
    until: field(Moment.optional(), { value: '5m', description: 'Lines until a time, or so long ago' }),
    timestamps: field(z.boolean().default(false), { short: 't', description: 'Show when each line was written' }),
    grep: field(z.string().min(1).max(500).optional(), {
      value: 'pattern',
      isText: true,
      description: 'Only lines that match',
    }),
    invert: field(z.boolean().default(false), { short: 'v', description: 'With --grep: only lines that do not match' }),
    follow: field(z.boolean().default(false), { short: 'f', description: 'Follow live (10 minutes; "-f for 30m")' }),
    for: field(Duration.optional(), { value: '10m', description: 'How long to follow' }),
  }),
);

export type LogsArgs = z.infer<typeof LogsArgs>;

export const logs = defineCommand({
  name: 'logs',
  summary: "Show or follow a container's logs",
  slash: true,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: LogsArgs,
  examples: ['/logs shop', '/logs shop -n 500 --grep "error|timeout"', '/logs shop -f for 5m @web-1'],
  habits: {
    details: 'Attributes of a log driver are not shown. `-t` shows when each line was written.',
    'i ignore-case': phrase`A pattern that begins with (?i) matches capitals and small letters: ${commandLine('logs shop --grep "(?i)error"')}.`,
    'E extended-regexp': 'ignored',
  },
  rewrite: followFor,
});
