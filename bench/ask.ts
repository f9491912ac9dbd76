import type { LocalSlack, Message } from '../playground/server/index.ts';

/** Types a slash command and waits for its reply, the final one. Rejects after 5 minutes. */
export async function ask(slack: LocalSlack, text: string): Promise<Message> {
  const where = { channel: 'C0STAGING', as: 'U0DEV1' };
  const before = new Set(slack.messages(where).map(({ ts }) => ts));
  await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });
  const isAnswer = (message: Message) => !before.has(message.ts) && !message.text.startsWith('Working on it');
  return slack.waitFor(isAnswer, { ...where, timeoutMs: 300_000 });
}
