import { UserError } from '../../domain/errors.ts';
import { commandLine, mention, mentionChannel, type Phrase, phrase } from '../../domain/phrase.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import { isMine, mayAnswer, rulesOf } from './may-answer.ts';
import { nobodyCanAnswer, nobodyCanApprove } from './nobody.ts';

type RequestedDeps = Pick<Deps, 'config' | 'kinds' | 'people' | 'specs' | 'store'>;

/**
 * The refusal of a request that is open already, since both could be approved. For a colleague's, it says where that is, with
 * Approve for people who may approve it.
 */
export async function requestedBefore(same: Approval, request: Request, deps: RequestedDeps): Promise<UserError> {
  const kind = deps.kinds.get(same.command);
  const subject = kind?.subject(same) ?? same.command;
  const hasCard = kind?.card === 'own';
  const isOwn = same.requestedBy === request.person;
  return (isOwn ? ownRefusal : colleaguesRefusal)({ same, subject, hasCard }, request, deps);
}

interface Requested {
  readonly same: Approval;
  readonly subject: string;
  /** Whether its plan can be shown by a command of its own. */
  readonly hasCard: boolean;
}

async function ownRefusal({ same, subject, hasCard }: Requested, request: Request, deps: RequestedDeps) {
  const card = same.hash.slice(0, 8);
  const what = phrase`You already requested this ${subject}: plan \`${card}\`.`;
  const back = phrase`${commandLine(`reject ${card}`)} takes it back.`;
  if (!hasCard && isMine(mayAnswer(request, deps, same, { answer: 'yes' })))
    return new UserError(
      'conflict',
      phrase`${what} It is waiting to be confirmed.`,
      phrase`Confirm it on its message, or with ${commandLine(`approve ${card}`)}; ${back}`,
    );
  const next = hasCard ? phrase`${commandLine(`plan ${card}`)} shows it; ${back}` : back;
  return new UserError('conflict', phrase`${what} It is waiting for approval.`, next);
}

async function colleaguesRefusal({ same, subject, hasCard }: Requested, request: Request, deps: RequestedDeps) {
  const { id, requestedBy, channel, hash } = same;
  const card = hash.slice(0, 8);
  const where = hasCard ? 'on its card in' : 'in';
  const what = phrase`${mention(requestedBy)} already requested this ${subject}: plan \`${card}\`, ${where} ${mentionChannel(channel)}.`;
  const show = hasCard ? [{ label: 'Show the plan', line: `dock plan ${id}` }] : [];
  const nobody = await nobodyCanAnswer('that request', same, deps);
  if (nobody) {
    const isOwnBetter = !(await nobodyCanApprove('', same, request, deps));
    const mayReject = mayAnswer(request, deps, same, { answer: 'no' }).may;
    const close = phrase`${mayReject ? 'Reject it, or ask' : 'Ask'} ${mention(requestedBy)} to take it back with ${commandLine(`reject ${card}`)}`;
    const hint: Phrase = isOwnBetter
      ? phrase`${close}; then request it yourself: yours can be approved. ${nobody.hint}`
      : nobody.hint;
    const reject = { label: 'Reject', line: `dock reject ${id}` };
    return new UserError('no_approver', phrase`${what} ${nobody.why}`, hint, {
      choices: isOwnBetter && mayReject ? [reject, ...show] : show,
    });
  }
  const votes = await deps.store.approvals.votes(id);
  if (votes.some(({ person }) => person === request.person))
    return new UserError('conflict', what, 'You approved it already; it waits for others.', { choices: show });
  if (isMine(mayAnswer(request, deps, same, { answer: 'yes' })))
    return new UserError(
      'conflict',
      what,
      phrase`You can approve it: here, ${hasCard ? 'on its card' : 'there'}, or with ${commandLine(`approve ${card}`)}.`,
      { choices: [{ label: 'Approve', line: `dock approve ${id}` }, ...show] },
    );
  const from = [...new Set(rulesOf(same, deps).flatMap(({ rule }) => rule.from))];
  return new UserError('conflict', what, `It waits for approval from ${from.join(', ')}.`, { choices: show });
}
