import { plan } from '../../../commands/deploy/plan.ts';
import type { PlanResult } from '../../../handlers/deploy/plan.ts';
import { plan as handler } from '../../../handlers/deploy/plan.ts';
import { buttons, type Message, section } from '../../block-kit/message.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { answerButtons } from './card/card.ts';
import { bare, reasonLine } from './card/parts.ts';
import { planDetails, what } from './plan-parts.ts';

export function planView(result: PlanResult): Message {
  const text = result.isOpen
    ? `<@${result.requestedBy}> asks to ${what(result.plan)}`
    : `Plan of <@${result.requestedBy}>'s request to ${what(result.plan)}, which no longer waits for approval`;
  const { blocks, ...file } = planDetails(result.plan, result.hash);
  return {
    ...file,
    text: bare(text),
    blocks: [
      section(`:clipboard: ${text}${reasonLine(result.plan)}`),
      ...blocks,
      ...(result.mine ? buttons(answerButtons(result, result.needsYes)) : []),
    ],
  };
}

export const planCommand = command({
  spec: plan,
  handler,
  delivery: ['message'],
  view: (result) => answer(planView(result)),
  progress: 'none',
  approval: 'none',
});
