import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';

const Path = z
  .string()
  .max(300)
  .regex(/^(?!\/)[^\p{Cc}\\?#]+$/u, 'is a path in the repository, such as api/Dockerfile')
  .refine(
    (path) => !path.split('/').some((part) => part === '..' || part === '.' || part === ''),
    'is a path without . and ..',
  );

export const LintArgs = z.lazy(() =>
  z.strictObject({
    source: field(
      z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9-]{0,40}$/u,
          'is a source of the config; a file of your own goes into the form, or is shared',
        )
        .optional(),
      { position: 1, description: 'A repository of the config; without it, a form for the text' },
    ),
    path: field(Path.optional(), { position: 2, description: 'Where the Dockerfile is in it (Dockerfile)' }),
    ref: field(
      z
        .string()
        .regex(/^(?![-/])(?!.*\.\.)[\w./-]{1,200}$/u, 'is a branch, a tag or a commit')
        .optional(),
      { value: 'branch', description: 'A branch, a tag or a commit' },
    ),
  }),
);
export type LintArgs = z.infer<typeof LintArgs>;

export const lint = defineCommand({
  name: 'lint',
  summary: 'Check a Dockerfile, and suggest a better one',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: false,
  takesText: true,
  args: LintArgs,
  examples: ['/dock lint', '/dock lint shop', '/dock lint shop api/Dockerfile --ref next'],
  habits: {
    'f= file=': phrase`The path stands behind the source: ${commandLine('lint shop api/Dockerfile')}.`,
    'no-fail no-color': 'ignored',
    check: 'ignored',
  },
});
