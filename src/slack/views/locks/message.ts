import { buttons, context, type Message, section } from '../../block-kit/message.ts';

export function message(
  text: string,
  note?: string,
  presses: readonly { label: string; line: string }[] = [],
): Message {
  return {
    text: text.replaceAll('*', ''),
    blocks: [section(text), ...(note === undefined ? [] : [context(note)]), ...buttons(presses)],
  };
}
