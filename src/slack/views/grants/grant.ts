import { grant } from '../../../commands/grants/grant.ts';
import { sayDuration } from '../../../domain/duration.ts';
import { type GrantedResult, grantApproval } from '../../../handlers/grants/approval.ts';
import type { GrantAsked, GrantEnded } from '../../../handlers/grants/grant.ts';
import { grant as handler } from '../../../handlers/grants/grant.ts';
import type { Request } from '../../../handlers/request.ts';
import { listed } from '../../block-kit/listed.ts';
import { buttons, context, type Message, section } from '../../block-kit/message.ts';
import { clock, inline, plain, plural } from '../../block-kit/text.ts';
import { approvable, command } from '../../command.ts';
import { decision, question } from '../../reply/reply.ts';
import { answerButtons, whoApproves } from '../parts/asking.ts';
import { quoted } from '../parts/quoted.ts';
import { unseenBlocks } from '../parts/unseen.ts';

const patterns = (allowed: readonly string[]) =>
  listed(
    allowed.map((one) => ({ name: plain(one), line: `• ${inline(one)}` })),
    (count) => plural(count, 'more pattern'),
  );

/** A grant that waits: what it would open, for how long, and who may approve it. */
export function grantView(result: GrantAsked | GrantEnded, { person }: Pick<Request, 'person'>): Message {
  if (result.kind === 'grant-ended') return endedView(result);
  const { names, hosts, forMs, reason, allowed, from, expiresAt, hash, id, unseen } = result;
  const where = `*${plain(names[0] ?? '')}* on *${hosts[0]?.host}*`;
  return {
    text: `<@${person}> asks to run commands in ${plain(names[0] ?? '')} on ${hosts[0]?.host} for ${sayDuration(forMs)}`,
    blocks: [
      section(`*Grant ${sayDuration(forMs)} in ${plain(names[0] ?? '')}?* <@${person}> asks to run in ${where}:`),
      ...patterns(allowed),
      section(`Reason: ${quoted(reason)}`),
      ...unseenBlocks(unseen),
      context(`${whoApproves({ from, expiresAt })} Every command is recorded. Plan ${hash.slice(0, 8)}.`),
      ...answerButtons(id, { style: 'primary' }),
    ],
  };
}

export function grantedView({ grant: given }: GrantedResult): Message {
  const { id, person, container, host, until, approvedBy, allowed, reason } = given;
  return {
    text: `<@${person}> may run commands in ${plain(container)} on ${host} until ${clock(until)}`,
    blocks: [
      section(
        `:unlock: <@${person}> may run these in *${plain(container)}* on *${host}* until ${clock(until)}, with \`/exec\`:`,
      ),
      ...patterns(allowed),
      context(`approved by <@${approvedBy}> · ${inline(reason, 200)} · a summary follows when it is over`),
      ...buttons([{ label: 'End it now', line: `/dock grant end ${id}`, style: 'danger' }]),
    ],
  };
}

function endedView({ grant: given }: GrantEnded): Message {
  const text = `<@${given.endedBy}> ended the grant of <@${given.person}> for ${plain(given.container)} on ${given.host}.`;
  return { text, blocks: [section(text)] };
}

export const grantCommand = command({
  spec: grant,
  handler,
  delivery: ['message'],
  view: (result, request) =>
    result.kind === 'grant-ended'
      ? decision(grantView(result, request))
      : question(result.id, grantView(result, request)),
  progress: 'none',
  approval: approvable(grantApproval, {
    asked: (plan, open) => grantView({ kind: 'grant-asked', ...plan, ...open, audit: '' }, open),
    reply: (result) => decision(grantedView(result)),
  }),
});
