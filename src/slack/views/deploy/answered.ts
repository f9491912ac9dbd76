import type { AnsweredResult } from '../../../handlers/deploy/answered.ts';
import { section } from '../../block-kit/message.ts';
import { type CardReply, card } from '../../reply/reply.ts';

/** Tells the person who answered a card; the card shows everybody the outcome. */
export function answeredReply({ text, quiet }: AnsweredResult): CardReply {
  return card(quiet ? 'elsewhere' : 'always', { text: text.replaceAll('`', ''), blocks: [section(text)] });
}
