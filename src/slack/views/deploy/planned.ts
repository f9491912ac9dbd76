import type { KnownBlock } from '@slack/types';
import { sayDuration } from '../../../domain/duration.ts';
import type { CardResult, PlannedResult } from '../../../handlers/deploy/put.ts';
import { named } from '../../../text/names.ts';
import { slash } from '../../block-kit/commands.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
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
  const not = result.glass ? 'It was not started' : 'Approval was not requested';
  const text = `Plan only: ${what(result.plan)}. ${not}, and nothing changed.`;
  const { blocks, ...file } = planDetails(result.plan, result.hash);
  return {
    ...file,
    text: bare(text),
    blocks: [section(`:clipboard: ${text}`), ...nobodyBlocks(result.nobody), ...glassTermBlocks(result), ...blocks],
  };
}

/** What the same line does without `--plan`. The groups are named, not mentioned: nobody has to look yet. */
function glassTermBlocks({ glass }: PlannedResult): KnownBlock[] {
  if (!glass) return [];
  const { signers, review, refused } = glass;
  if (refused) return [section(`:no_entry: ${mrkdwn(refused.why)}`), context(mrkdwn(refused.hint))];
  const who =
    signers.length === 0
      ? 'Somebody else'
      : `${named(signers, 300)} ${signers.length === 1 ? 'is' : 'are'} told here, and one of them`;
  const by = review === undefined ? '' : ` within ${sayDuration(review)}`;
  return [
    section(
      `:rotating_light: *Break-glass*: without \`--plan\` this starts at once, and nobody approves it. It is recorded with your reason. ${who} has to sign a review${by}.`,
    ),
  ];
}
