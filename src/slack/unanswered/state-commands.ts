import type { CommandName } from '../../commands/index.ts';

/** The line that shows what a command changes. */
const STATES: Readonly<Partial<Record<CommandName, readonly CommandName[]>>> = {
  images: ['pull', 'tag', 'push', 'prune'],
  ps: ['start', 'stop', 'restart', 'kill', 'pause', 'unpause', 'update', 'rename', 'rm', 'run', 'exec'],
  deployments: ['deploy', 'rollback', 'approve', 'reject', 'abort', 'continue', 'sign'],
  locks: ['lock', 'unlock', 'ask'],
  grants: ['grant'],
};

export const STATE_COMMANDS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(STATES).flatMap(([shows, commands]) => commands.map((name) => [name, shows])),
);
