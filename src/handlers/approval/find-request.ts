import { UserError } from '../../domain/errors.ts';
import { closed } from '../../store/approval.ts';
import type { Approval } from '../../store/approvals.ts';
import { ASK_CARD } from '../../store/cards.ts';
import type { NewNote } from '../../store/outbox.ts';
import type { ApprovalKind, Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import { closedError, untrustedError } from './errors.ts';
import { noSuch } from './no-such.ts';

export type FindDeps = Pick<Deps, 'store' | 'kinds' | 'now'>;

/** A request of this channel, open or closed, and its kind. Throws a `UserError` when there is none, or its record is not signed. */
export async function findRequest(
  { args, channel }: Request<{ readonly id: string }>,
  { store, kinds, now }: FindDeps,
): Promise<{ readonly approval: Approval; readonly kind: ApprovalKind }> {
  const approval = await store.approvals.find(args.id, channel);
  if (!approval) throw noSuch('request');
  if (closed(approval, now()) === 'untrusted') throw untrustedError('request');
  const kind = kinds.get(approval.command);
  if (!kind) throw new UserError('not_found', `\`${approval.command}\` is not a command any more.`);
  return { approval, kind };
}

/** Throws a `UserError` when the request is closed. */
export function mustBeOpen(approval: Approval, now: number): void {
  const why = closed(approval, now);
  if (why) throw closedError(why, approval.decidedBy);
}

export interface Answer {
  readonly id: string;
  readonly state: 'approved' | 'rejected' | 'withdrawn' | 'stale';
  readonly reason?: string | undefined;
  /** Stored with the answer. */
  readonly note?: NewNote | undefined;
}

/** Closes a request by compare-and-set. Throws a `UserError` when another person was faster. */
export async function decide(
  { id, state, reason, note }: Answer,
  request: Pick<Request, 'message' | 'person'>,
  deps: Pick<Deps, 'board' | 'now' | 'store'>,
): Promise<void> {
  const by = request.person;
  const decided = await deps.store.approvals.decide({ id, state, by, at: deps.now(), reason }, note);
  if (!decided.won) throw closedError(decided.why, decided.approval?.decidedBy);
  await redraw(id, request, deps);
}

/** Draws the card of a request that changed. A click on a message that asks is answered in its place, so that is not drawn. */
export async function redraw(
  id: string,
  { message }: Pick<Request, 'message'>,
  { board, store }: Pick<Deps, 'board' | 'store'>,
): Promise<void> {
  if (message !== undefined && (await store.cards.get(id, ASK_CARD))?.ts === message) return;
  board.changed(id, true);
}
