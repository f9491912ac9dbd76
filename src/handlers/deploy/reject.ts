import type { RejectArgs } from '../../commands/deploy/reject.ts';
import { UserError } from '../../domain/errors.ts';
import { mention, type Phrase, phrase } from '../../domain/phrase.ts';
import { decide, type FindDeps, findRequest, mustBeOpen } from '../approval/find-request.ts';
import { mayAnswer } from '../approval/may-answer.ts';
import { handler } from '../handler.ts';
import type { Request } from '../request.ts';
import type { AnsweredResult } from './answered.ts';
import { newNote } from './card/new-note.ts';

export interface RejectedResult {
  readonly kind: 'rejected';
  /** The request as a verb: `stop worker on web-1`. */
  readonly what: string;
  readonly requestedBy: string;
  readonly answeredBy: string;
  readonly withdrawn: boolean;
  readonly reason: string | undefined;
  readonly audit: string;
}

/** A form asks for the reason, and gives the command line again with it. */
export interface ReasonResult {
  readonly kind: 'reason';
  /** The command line without the reason. */
  readonly line: string;
  readonly question: Phrase;
  readonly audit: string;
}

/** Whether a form asks for the reason: one who withdraws their own request needs none. */
export async function asksForReason(request: Request<RejectArgs>, deps: FindDeps): Promise<boolean> {
  if (request.args.reason !== undefined) return false;
  try {
    const { approval } = await findRequest(request, deps);
    return approval.requestedBy !== request.person;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

export const reject = handler<RejectArgs, RejectedResult | AnsweredResult | ReasonResult>()(
  ['board', 'config', 'kinds', 'now', 'observer', 'redact', 'specs', 'store'],
  async (request, deps) => {
    const { approval, kind } = await findRequest(request, deps);
    const { id, requestedBy, channel } = approval;
    const { person, args } = request;
    const withdrawn = requestedBy === person;
    if (!withdrawn) {
      const verdict = mayAnswer(request, deps, approval, { answer: 'no' });
      if (!verdict.may) throw new UserError('not_permitted', verdict.why, verdict.hint);
    }
    const { reason } = args;
    if (!withdrawn && reason === undefined) {
      mustBeOpen(approval, deps.now());
      const question = phrase`Why do you reject ${mention(requestedBy)}'s ${kind.subject(approval)}? They will read it.`;
      return { kind: 'reason', line: `dock reject ${id}`, question, audit: `${id}: asked for a reason` };
    }
    const what = kind.subject(approval);
    const said = { kind: 'rejected', what, by: person, requestedBy, reason: reason ?? '' } as const;
    const isOnCard = kind.card === 'own';
    // Of a message with the preview, an update at the click notifies nobody.
    const note =
      !withdrawn && (isOnCard || request.source === 'click')
        ? newNote(isOnCard ? { card: id } : { to: channel }, said, deps.now())
        : undefined;
    await decide({ id, state: withdrawn ? 'withdrawn' : 'rejected', reason, note }, request, deps);
    deps.observer.tell({ kind: 'approval', ms: request.at - approval.requestedAt });
    const audit = `${id} ${withdrawn ? 'withdrawn' : 'rejected'}${reason === undefined ? '' : `: ${reason}`}`;
    if (isOnCard) {
      const text = `${withdrawn ? 'Withdrawn' : 'Rejected'}: ${what}. Nothing changed.`;
      return { kind: 'answered', card: id, text, quiet: true, audit };
    }
    return {
      kind: 'rejected',
      what: kind.describe(approval),
      requestedBy,
      answeredBy: person,
      withdrawn,
      reason,
      audit,
    };
  },
);
