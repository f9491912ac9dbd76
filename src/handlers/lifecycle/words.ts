import type { Act, Action } from './types.ts';

/** An action in words: `remove`, `removal`, `removing`, `removed`. */
export interface Words {
  readonly verb: string;
  readonly noun: string;
  readonly ing: string;
  readonly past: string;
}

export const WORDS: Readonly<Record<Action, Words>> = {
  start: { verb: 'start', noun: 'start', ing: 'starting', past: 'started' },
  stop: { verb: 'stop', noun: 'stop', ing: 'stopping', past: 'stopped' },
  restart: { verb: 'restart', noun: 'restart', ing: 'restarting', past: 'restarted' },
  kill: { verb: 'kill', noun: 'kill', ing: 'killing', past: 'killed' },
  pause: { verb: 'pause', noun: 'pause', ing: 'pausing', past: 'paused' },
  unpause: { verb: 'unpause', noun: 'unpause', ing: 'unpausing', past: 'unpaused' },
  update: { verb: 'update', noun: 'update', ing: 'updating', past: 'updated' },
  rename: { verb: 'rename', noun: 'rename', ing: 'renaming', past: 'renamed' },
  rm: { verb: 'remove', noun: 'removal', ing: 'removing', past: 'removed' },
};

/** What people who approve an action have to know of its options, after the names: ` with SIGHUP`; often nothing. */
export function optionWords(act: Act): string {
  if (act.action === 'kill') return ` with ${act.signal}`;
  if (act.action === 'rename') return ` to ${act.name}`;
  const seconds = 'seconds' in act ? act.seconds : undefined;
  return seconds === undefined ? '' : ` within ${seconds} s`;
}
