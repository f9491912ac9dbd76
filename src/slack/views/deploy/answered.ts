import type { AnsweredResult } from '../../../handlers/deploy/answered.ts';
import { section } from '../../block-kit/message.ts';
import { type CardReply, card } from '../../reply/reply.ts';

/** A word to whoever answered a card; what it came to is on the card, for everybody. */
export function answeredReply({ text, quiet }: AnsweredResult): CardReply {
  return card(quiet ? 'elsewhere' : 'always', { text: text.replaceAll('`', ''), blocks: [section(text)] });
}
