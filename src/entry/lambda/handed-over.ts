import type { CommandName } from '../../commands/index.ts';
import type { Stands } from '../../slack/reply/responder.ts';

const SHOWN_IN_CHANNEL: readonly CommandName[] = [
  ...(['images', 'pull', 'push', 'scan', 'search', 'tag', 'tags'] as const),
  ...(['cp-out', 'diff', 'inspect', 'port', 'ps', 'top', 'unfollow', 'why'] as const),
  ...(['abort', 'continue', 'grant', 'prune', 'rollback', 'sign'] as const),
  ...(['df', 'events', 'home', 'hosts', 'login-check', 'registries', 'status'] as const),
];
const SHOWN_IN_PRIVATE: readonly CommandName[] = ['logs', 'slim', 'stats'];

/**
 * Commands whose every accepted line is for the worker, since each looks at a host or a registry, or changes something, and
 * none opens a form; with where a live message of it is. The front hands these over without loading what carries them out,
 * and asks the others. A test compares this with what the commands say of themselves.
 */
export const HANDED_OVER: ReadonlyMap<string, Stands> = new Map<string, Stands>([
  ...SHOWN_IN_CHANNEL.map((name): [string, Stands] => [name, 'channel']),
  ...SHOWN_IN_PRIVATE.map((name): [string, Stands] => [name, 'private']),
]);
