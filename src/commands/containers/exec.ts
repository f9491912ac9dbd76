import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';

const NO_TERMINAL = phrase`There is no terminal in chat. Leave \`-it\` out: ${commandLine('exec shop df -h')}.`;

const NotEmpty = z.string().max(4000);

export const ExecArgs = z.lazy(() =>
  z.strictObject({
    container: field(z.string().regex(CONTAINER_NAME, 'is a container name or id').optional(), {
      position: 1,
      description: 'Name or id',
    }),
    command: field(
      z
        .array(NotEmpty)
        .max(200)
        .refine(
          (words) => words.length === 0 || /^[^-\s]/u.test(words[0] ?? ''),
          'begins with a program; options stand before the container',
        )
        .default([]),
      { position: 2, value: 'command', description: 'A program and its arguments; no shell is added' },
    ),
    user: field(z.string().min(1).max(200).optional(), { short: 'u', value: 'user', description: 'As another user' }),
    workdir: field(z.string().max(500).startsWith('/', 'is an absolute path').optional(), {
      short: 'w',
      value: '/path',
      description: 'In another folder',
    }),
    env: field(
      z
        .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}=/u, 'is NAME=value'))
        .max(50)
        .default([]),
      {
        short: 'e',
        value: 'NAME=value',
        description: 'Set a variable; its value is shown to nobody',
        secret: true,
      },
    ),
  }),
);

export type ExecArgs = z.infer<typeof ExecArgs>;

export const exec = defineCommand({
  name: 'exec',
  summary: 'Run a command in a container, within limits',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  verbatimAfter: 1,
  args: ExecArgs,
  serviceOf: ({ container }) => container,
  examples: [
    '/exec',
    '/exec shop df -h',
    '/exec shop @web-1 ls -l /data',
    '/exec -e PGPASSWORD=… db psql -c "select 1"',
  ],
  habits: {
    'i interactive t tty': NO_TERMINAL,
    'd detach': 'A command is followed to its end here: leave `-d` out.',
    privileged: 'Nothing is run with more privileges than its container has.',
    'env-file=': 'Give variables one by one: `-e NAME=value`.',
    'detach-keys=': 'ignored',
  },
});
