import type { ClosedRequest } from '../../../handlers/approval/closed-request.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { dayAndClock, plain, prose } from '../../block-kit/text.ts';
import { rejectView } from '../cleanup/rejected.ts';

/** Takes the place of a message that asked for approval, and of its buttons. */
export function closedRequestView(request: ClosedRequest): Message {
  const { state, what, requestedBy, decidedBy: answeredBy = '', reason } = request;
  if (what === undefined)
    return say(
      `:warning: Request closed: its record is not signed by Fairlead. Nothing changed. Check the database: \`fairlead audit verify\`.`,
    );
  if (state === 'approved') return say(approvedWords(request, what));
  if (state === 'rejected' || state === 'withdrawn')
    return rejectView({ what, requestedBy, answeredBy, withdrawn: state === 'withdrawn', reason });
  return expiredView(request, what);
}

function approvedWords({ requestedBy, decidedBy, verdict }: ClosedRequest, what: string): string {
  const how = verdict === undefined ? '' : verdict === 'done' ? ' Done.' : ' It was not done in full.';
  return `:white_check_mark: Approved by <@${decidedBy}>: ${prose(cut(what, 500))}, requested by <@${requestedBy}>.${how}`;
}

function expiredView({ decidedAt, line, reason, requestedBy }: ClosedRequest, what: string): Message {
  const when = decidedAt === undefined ? '' : ` ${dayAndClock(decidedAt)}`;
  const asked = `${prose(cut(what, 500))}, requested by <@${requestedBy}>.`;
  // Of one that expired, only a restored database has a reason, and does not know whether anything changed.
  const text =
    reason === undefined
      ? `:hourglass: Expired${when}: ${asked} Nothing changed.`
      : `:hourglass: Request closed${when}: ${asked} ${plain(reason)}`;
  // A line whose secret values were left out cannot be typed again.
  return say(text, line.includes('***') ? undefined : `To ask again, type ${slash(line)}.`);
}

function say(text: string, hint?: string): Message {
  return { text: text.replaceAll('`', ''), blocks: [section(text), ...(hint === undefined ? [] : [context(hint)])] };
}
