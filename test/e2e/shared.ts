import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import type { LocalSlack, Message } from '../../playground/server/index.ts';
import { type Scene, type SceneOptions, scene } from './harness.ts';

/**
 * One bot for all tests of a group that leave it as they found it: starting one for each takes most of their time. Each test
 * sees only the messages that were posted since it began.
 */
export function sharedScene(options: () => SceneOptions): () => Pick<Scene, 'slack' | 'env' | 'kill'> {
  let it: Scene | undefined;
  let slack: LocalSlack | undefined;
  const posted = new Set<string>();
  let older: ReadonlySet<string> = new Set();
  const keyOf = ({ channel, ts }: Message) => `${channel} ${ts}`;
  const isNew = (message: Message) => !older.has(keyOf(message));

  beforeAll(async () => {
    if (!inject('bed')) return;
    it = await scene(options());
    const all = it.slack;
    all.on('change', ({ message }) => void (message && posted.add(keyOf(message))));
    slack = {
      ...all,
      messages: (where) => all.messages(where).filter(isNew),
      waitFor: (fits, where) => all.waitFor((message) => isNew(message) && fits(message), where),
    };
  });
  beforeEach(() => {
    older = new Set(posted);
  });
  afterAll(async () => it?.[Symbol.asyncDispose]());

  return () => {
    if (!it || !slack) throw new Error('A shared scene needs an engine.');
    return { slack, env: it.env, kill: it.kill };
  };
}
