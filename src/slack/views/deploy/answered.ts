import type { ReasonResult } from '../../../handlers/approval/answer.ts';
import type { AnsweredResult, CodeResult } from '../../../handlers/deploy/vote.ts';
import { slash } from '../../block-kit/commands.ts';
import { type Message, section } from '../../block-kit/message.ts';

/** A word to whoever answered a card; what it came to is on the card, for everybody. */
export function answeredView(result: AnsweredResult | CodeResult | ReasonResult): Message {
  if (result.kind === 'reason') return reasonNeeded(result);
  const text =
    result.kind === 'answered'
      ? result.text
      : 'A yes here needs a one-time code. Say it with `--code`, or click the card again for a form.';
  return { text: text.replaceAll('`', ''), blocks: [section(text)] };
}

// Where no form can be opened.
function reasonNeeded({ line }: ReasonResult): Message {
  const text = `A reason is needed. Give it with ${slash(`${line} --reason "…"`)}.`;
  return { text: text.replaceAll('`', ''), blocks: [section(text)] };
}
