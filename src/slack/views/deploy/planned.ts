import type { CardResult, PlannedResult } from '../../../handlers/deploy/put.ts';
import { slash } from '../../block-kit/commands.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { inline } from '../../block-kit/text.ts';
import { aside, type CardReply, card, type MessageReply } from '../../reply/reply.ts';
import { bare } from './card/parts.ts';
import { nobodyBlocks } from './nobody.ts';
import { planDetails, what } from './plan-parts.ts';

/** The answer to a deploy or rollback beside its card, which the request is on. */
export function plannedReply(result: CardResult | PlannedResult): CardReply | MessageReply {
  return result.kind === 'card' ? card('nobody', cardView(result)) : aside(plannedView(result));
}

/** The answer at a command line, which shows no card. */
function cardView(result: CardResult): Message {
  const text = `Planned: ${inline(result.card)}. ${slash(`plan ${result.card}`)} shows the plan.`;
  return { text: text.replaceAll('`', ''), blocks: [section(text)] };
}

function plannedView(result: PlannedResult): Message {
  const text = `Plan only: ${what(result.plan)}. Approval was not requested, and nothing changed.`;
  const { blocks, ...file } = planDetails(result.plan, result.hash);
  return {
    ...file,
    text: bare(text),
    blocks: [section(`:clipboard: ${text}`), ...nobodyBlocks(result.nobody), ...blocks],
  };
}
