import { messageOf } from '../../domain/errors.ts';
import type { Deps } from '../../handlers/deps.ts';
import { writeCommandsInMessage, writeCommandsInText } from '../block-kit/commands.ts';
import { sendable } from '../block-kit/limits.ts';
import { context, type Message, section } from '../block-kit/message.ts';
import { isAboutEnded, isAboutPlace, isAway } from '../block-kit/refusals.ts';
import { cutMrkdwn } from '../block-kit/text.ts';

/** `chat.update` refuses longer text. */
const MOST_TEXT = 3900;

export interface Said extends Message {
  /** What is said with `text` where Slack takes no blocks: what was not shown is found there. */
  readonly instead?: string;
}

/**
 * Sends a message; its words alone where Slack refuses its blocks, or an older state would stand there for good. `isWhole`
 * is false where only the words were taken. Rejects with what Slack answered.
 */
export async function inWords<T>(
  { instead, ...said }: Said,
  { log, config }: Pick<Deps, 'log' | 'config'>,
  way: (payload: { readonly text: string; readonly blocks: ReturnType<typeof sendable>['blocks'] }) => Promise<T>,
): Promise<{ readonly answer: T; readonly isWhole: boolean }> {
  const { prefix } = config.slack;
  const message = writeCommandsInMessage(said, prefix);
  const text = cutMrkdwn(message.text, MOST_TEXT);
  const { blocks, problems } = sendable(message);
  if (problems.length > 0) log.error({ problems }, 'Blocks that Slack would refuse were left out');
  try {
    return { answer: await way({ text, blocks }), isWhole: true };
  } catch (error) {
    if (isAway(error) || isAboutPlace(error) || isAboutEnded(error)) throw error;
    log.warn({ err: messageOf(error) }, 'Slack did not take a message');
  }
  const words = [
    section(cutMrkdwn(text, 2500)),
    ...(instead === undefined ? [] : [context(writeCommandsInText(instead, prefix))]),
  ];
  return { answer: await way({ text, blocks: words }), isWhole: false };
}
