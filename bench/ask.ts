import type { LocalSlack, Message } from '../playground/server/index.ts';

/** Types a slash command and waits for its first reply with results. Rejects after 5 minutes. */
export async function ask(slack: LocalSlack, text: string): Promise<Message> {
  return askUntil(slack, text, () => true);
}

/** The same, and waits until no host is awaited any more. */
export async function askWhole(slack: LocalSlack, text: string): Promise<Message> {
  return askUntil(slack, text, (message) => !message.text.includes('still waiting for'));
}

async function askUntil(slack: LocalSlack, text: string, isWhole: (message: Message) => boolean): Promise<Message> {
  const where = { channel: 'C0STAGING', as: 'U0DEV1' };
  const before = new Set(slack.messages(where).map(({ ts }) => ts));
  await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });
  const isAnswer = (message: Message) =>
    !before.has(message.ts) && !message.text.startsWith('Working on it') && isWhole(message);
  return slack.waitFor(isAnswer, { ...where, timeoutMs: 300_000 });
}
