import type { CardResult, PlannedResult } from '../../../handlers/deploy/put.ts';
import { slash } from '../../block-kit/commands.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { inline } from '../../block-kit/text.ts';
import { aside, type CardReply, card, type MessageReply } from '../../reply/reply.ts';
import { nobodyBlocks } from './nobody.ts';
import { planDetails, what } from './plan-parts.ts';

/** What a deploy or a rollback answers itself; the question it puts stands on a card of its own. */
export function plannedReply(result: CardResult | PlannedResult): CardReply | MessageReply {
  return result.kind === 'card' ? card('nobody', cardView(result)) : aside(plannedView(result));
}

/** Said where there is no card: at a command line. */
function cardView(result: CardResult): Message {
  const text = `It is planned as ${inline(result.card)}; ${slash(`plan ${result.card}`)} shows it.`;
  return { text: text.replaceAll('`', ''), blocks: [section(text)] };
}

function plannedView(result: PlannedResult): Message {
  const text = `Plan to ${what(result.plan)}; nothing was asked or changed.`;
  const { blocks, ...file } = planDetails(result.plan, result.hash);
  return {
    ...file,
    text: text.replaceAll('*', ''),
    blocks: [section(`:clipboard: ${text}`), ...nobodyBlocks(result.nobody), ...blocks],
  };
}
