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
  restart: { noun: 'restart', ing: 'restarting', past: 'restarted' },
};
