import { spelled, spelledCell } from '../../commands/language/prefix.ts';
import { written, writtenText } from '../block-kit/commands.ts';
import type { Message } from '../block-kit/message.ts';
import { cutMrkdwn } from '../block-kit/text.ts';

/** Kinds of text in which our own sentences stand; rich text holds logs, which are shown as they are. */
const KINDS: ReadonlySet<unknown> = new Set(['mrkdwn', 'plain_text', 'raw_text']);
/** Sections and contexts are made this much shorter than Slack takes. */
const MOST_GROWTH = 90;

/** A message whose commands are spelt as people type them in this workspace. */
export function spelledMessage(message: Message, prefix: string): Message {
  return { ...message, text: spelledText(message.text, prefix), blocks: spelledBlocks(message.blocks, prefix) };
}

export const spelledText = (mrkdwn: string, prefix: string): string => spelled(writtenText(mrkdwn, prefix), prefix);

/** Blocks, or a view that has some, with commands spelt as people type them. The values of buttons stay. */
export function spelledBlocks<T>(shown: T, prefix: string): T {
  const marked = written(shown, prefix);
  if (prefix === '') return marked;
  const spell = function (this: { readonly type?: unknown }, key: string, value: unknown): unknown {
    if (key !== 'text' || typeof value !== 'string' || !KINDS.has(this.type)) return value;
    const said = this.type === 'raw_text' ? spelledCell(value, prefix) : spelled(value, prefix);
    return cutMrkdwn(said, value.length + MOST_GROWTH);
  };
  return JSON.parse(JSON.stringify(marked), spell) as T;
}
