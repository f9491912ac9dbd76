import type { AuditRecord } from '../../store/audit-records.ts';
import { cut } from '../../text/cut.ts';
import { slash } from '../block-kit/commands.ts';
import { buttons, context, type Message, section } from '../block-kit/message.ts';
import { dayAndClock, prose } from '../block-kit/text.ts';
import { rejectView } from '../views/cleanup/rejected.ts';
import type { AboutApproval, Standing } from './about-approval.ts';
import type { OnRecord, UnansweredRequest } from './notice.ts';
import { STATE_COMMANDS } from './state-commands.ts';

/** What happened to all of a channel, and not only to the person who answered. */
export const isForChannel = (standing: Standing): boolean =>
  standing === 'cut-off' || standing === 'carried-out' || standing === 'rejected';

/** Tells how an approval stands after a request about it was left without an answer. */
export function approvalNotice(about: AboutApproval, asked: UnansweredRequest, found: OnRecord): Message {
  const { approval, standing } = about;
  if (standing === 'rejected') {
    const { requestedBy, decidedBy: answeredBy = '', state, reason } = approval;
    return rejectView({ what: about.what, requestedBy, answeredBy, withdrawn: state === 'withdrawn', reason });
  }
  const text = sentence(about, asked, found);
  const { line, request, at } = asked;
  const mayAskAgain =
    standing === 'asked' && approval.state === 'pending' && line !== undefined && !line.includes('***');
  const again = mayAskAgain && !about.isOwn ? [{ label: 'Ask again', line: `/${line}` }] : [];
  return {
    text,
    blocks: [section(text), ...buttons(again), context(`Asked ${dayAndClock(at)} · \`${request}\``)],
  };
}

/** Corrects in its thread the note that a change was interrupted. */
export function endedNotice({ approval, what }: AboutApproval, outcome: AuditRecord): Message {
  const { requestedBy, decidedBy = '' } = approval;
  const ending = ended({ kind: 'ended', outcome });
  const text = `:information_source: Not interrupted after all. ${ending}: ${prose(cut(what, 500))}, requested by <@${requestedBy}>, approved by <@${decidedBy}>.`;
  return { text, blocks: [section(text)] };
}

function sentence(
  { approval, standing, what, isOwn }: AboutApproval,
  asked: UnansweredRequest,
  found: OnRecord,
): string {
  const { command, requestedBy, decidedBy = '' } = approval;
  const line = slash(asked.line ?? approval.line);
  const action = prose(cut(what, 500));
  const people = `requested by <@${requestedBy}>, approved by <@${decidedBy}>`;
  if (standing === 'asked')
    return isOwn
      ? `:information_source: ${line} was requested. Its card in this channel shows how it stands.`
      : `:warning: ${line} was requested, but its message may be missing here. If you do not see it, ask again. Nothing has changed.`;
  if (standing === 'not-counted')
    return `:warning: Fairlead was stopped before your answer to this request counted: ${action}. Nothing was changed by it. Answer again.`;
  if (standing === 'carried-out') return `:information_source: ${ended(found)}: ${action}, ${people}.`;
  const shows = STATE_COMMANDS[command];
  const look = shows === undefined ? 'Check' : `Check with ${slash(shows)}`;
  return `:warning: Fairlead was stopped during this: ${action}, ${people}. It may have been carried out, in full or in part. ${look} before you request it again.`;
}

function ended(found: OnRecord): string {
  const { outcome = 'failed', detail } = found.kind === 'ended' ? found.outcome : {};
  return `Ended as *${outcome}*${detail === undefined ? '' : ` (${prose(cut(detail, 300))})`}`;
}
