import { approvals } from '../../../commands/deploy/approvals.ts';
import type { ApprovalsResult } from '../../../handlers/deploy/approvals.ts';
import { approvals as handler } from '../../../handlers/deploy/approvals.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { listed } from '../../block-kit/listed.ts';
import { buttons, context, type Message, section } from '../../block-kit/message.ts';
import { dayAndClock, inline, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';

export function approvalsView(result: ApprovalsResult): Message {
  if (result.waiting.length === 0)
    return { text: 'No open requests here.', blocks: [section('No open requests here.')] };
  const mine = result.waiting.filter((one) => one.mine);
  const line = (one: ApprovalsResult['waiting'][number]) =>
    `${one.mine ? ':point_right:' : ':white_circle:'} <@${one.requestedBy}> ${inline(one.line, 120)} · expires ${dayAndClock(one.expiresAt)} · plan ${inline(one.hash.slice(0, 8))}${one.isStuck ? ' · :warning: nobody can approve it now' : ''}`;
  return {
    text: `${plural(result.waiting.length, 'request')} open, ${mine.length} for you`,
    blocks: [
      section(`*${plural(result.waiting.length, 'request')} open here*, ${mine.length} for you`),
      ...listed(
        [...mine, ...result.waiting.filter((one) => !one.mine)].map((one) => ({
          line: line(one),
          name: inline(one.hash.slice(0, 8)),
        })),
        (count) => plural(count, 'more request'),
      ),
      ...buttons(
        mine.slice(0, 5).map((one) => ({ label: `Review ${cut(one.line, 40)}`, line: `/dock plan ${one.id}` })),
      ),
      context(
        mine.length > 5
          ? `Approve or reject them on their cards. For the others: ${slash('plan')} and the number of the plan.`
          : 'Approve or reject them on their cards.',
      ),
    ],
  };
}

export const approvalsCommand = command({
  spec: approvals,
  handler,
  delivery: ['message'],
  view: (result) => answer(approvalsView(result)),
  progress: 'none',
  approval: 'none',
});
