import { afterAll, beforeEach } from 'vitest';
import type { LocalSlack, Message } from '../../playground/server/index.ts';
import { type Scene, type SceneOptions, scene } from './harness.ts';

/**
 * One bot for all tests of a group that leave it as they found it: starting one for each takes most of their time. It starts for
 * the first that asks for it. Each test sees only the messages that were posted since it began.
 */
export function sharedScene(
  options: () => SceneOptions | Promise<SceneOptions>,
): () => Promise<Pick<Scene, 'slack' | 'env' | 'kill'>> {
  let starting: Promise<Scene> | undefined;
  const posted = new Set<string>();
  let older: ReadonlySet<string> = new Set();
  const keyOf = ({ channel, ts }: Message) => `${channel} ${ts}`;
  const isNew = (message: Message) => !older.has(keyOf(message));
  const start = async () => {
    const it = await scene(await options());
    it.slack.on('change', ({ message }) => void (message && posted.add(keyOf(message))));
    return it;
  };
  beforeEach(() => {
    older = new Set(posted);
  });
  afterAll(async () => (await starting)?.[Symbol.asyncDispose]());

  return async () => {
    starting ??= start();
    const { slack, env, kill } = await starting;
    return { env, kill, slack: seen(slack, isNew) };
  };
}

const seen = (slack: LocalSlack, isSeen: (message: Message) => boolean): LocalSlack => ({
  ...slack,
  messages: (where) => slack.messages(where).filter(isSeen),
  waitFor: (fits, where) => slack.waitFor((message) => isSeen(message) && fits(message), where),
});
