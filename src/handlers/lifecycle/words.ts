import type { Action } from './types.ts';

/** An action as a noun, a participle and a past tense. */
export interface Words {
  readonly noun: string;
  readonly ing: string;
  readonly past: string;
}

export const WORDS: Readonly<Record<Action, Words>> = {
  start: { noun: 'start', ing: 'starting', past: 'started' },
  stop: { noun: 'stop', ing: 'stopping', past: 'stopped' },
  kill: { noun: 'kill', ing: 'killing', past: 'killed' },
  pause: { noun: 'pause', ing: 'pausing', past: 'paused' },
  unpause: { noun: 'unpause', ing: 'unpausing', past: 'unpaused' },
  update: { noun: 'update', ing: 'updating', past: 'updated' },
  rename: { noun: 'rename', ing: 'renaming', past: 'renamed' },
  rm: { noun: 'remove', ing: 'removing', past: 'removed' },
  restart: { noun: 'restart', ing: 'restarting', past: 'restarted' },
};
