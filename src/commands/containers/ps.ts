import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';
import { filter, page } from '../language/filters.ts';

const Count = z
  .string()
  .regex(/^[1-9]\d{0,3}$/u, 'is a number of containers')
  .transform(Number);
const KEYS = ['name', 'status', 'health', 'label', 'ancestor', 'network', 'volume', 'exited'] as const;
const VALUES = {
  status: ['created', 'restarting', 'running', 'removing', 'paused', 'exited', 'dead'],
  health: ['starting', 'healthy', 'unhealthy', 'none'],
} as const;

export const PsArgs = z.lazy(() =>
  z.strictObject({
    names: field(z.array(z.string().regex(CONTAINER_NAME, 'is part of a container name, or an id')).default([]), {
      position: 1,
      value: 'name',
      description: 'Only containers with one of these in their name, or of this id',
    }),
    all: field(z.boolean().default(false), { short: 'a', description: 'Stopped containers too' }),
    filter: field(filter(KEYS, VALUES), {
      short: 'f',
      value: 'key=value',
      description: `Only what matches: ${KEYS.join(', ')}`,
    }),
    last: field(Count.optional(), {
      short: 'n',
      value: 'number',
      description: 'Only the newest so many of each host, stopped ones too',
      isRare: true,
    }),
    latest: field(z.boolean().default(false), {
      short: 'l',
      description: 'Only the newest of each host',
      isRare: true,
    }),
    quiet: field(z.boolean().default(false), { short: 'q', description: 'Only names and ids', isRare: true }),
    noTrunc: field(z.boolean().default(false), { description: 'Whole ids and commands', isRare: true }),
    format: field(z.string().min(1).max(2000).transform(withoutTable).optional(), {
      value: 'template',
      isText: true,
      description: 'Each container as a line, such as "{{.Names}} {{.Status}}", or json',
      isRare: true,
    }),
    page: page(),
  }),
);
/** Docker's word for the table, which is shown without a template; in front of one it asks for headings. */
function withoutTable(template: string): string | undefined {
  return template.trim() === 'table' ? undefined : template;
}

export type PsArgs = z.infer<typeof PsArgs>;

export const ps = defineCommand({
  name: 'ps',
  summary: 'List containers',
  slash: true,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: PsArgs,
  examples: ['/ps', '/ps shop', '/ps -a --on all', '/ps -f health=unhealthy'],
  habits: {
    's size': phrase`Sizes of containers are not counted. ${commandLine('hosts')} shows how full each host is.`,
  },
  // `ps shop on web-1`: as the last words it is a host.
  rewrite: (words) =>
    words.at(-2)?.toLowerCase() === 'on' && words.length > 1
      ? [...words.slice(0, -2), '--on', ...words.slice(-1)]
      : words,
});
