import { readClosedRequest } from '../../handlers/approval/closed-request.ts';
import { readCard } from '../../handlers/deploy/card/card.ts';
import type { Deps } from '../../handlers/deps.ts';
import { ASK_CARD, type Card, DEPLOY_CARD } from '../../store/cards.ts';
import type { Message } from '../block-kit/message.ts';
import { closedRequestView } from '../views/deploy/closed-request.ts';
import { messageOfCard } from './card-messages.ts';
import { openRequestView } from './open-request.ts';

/** A click on a message that asks is answered in its place; else its process has ended by then, and another tells of it. */
const ANSWERED_WITHIN_MS = 60_000;

/** Stored as what the message of an open request shows; no hash of a message is like it. */
export const AS_ASKED = 'asked';

/** Stored of a message that the answer to a click on it has replaced: it is never drawn again. */
export const ANSWERED = 'answered';

type SpotDeps = Pick<Deps, 'config' | 'kinds' | 'now' | 'runner' | 'store'>;

/** The message of a request: its card, or what asked for it. */
export async function spotOf(id: string, { store: { cards } }: Pick<Deps, 'store'>): Promise<Card | undefined> {
  return (await cards.get(id, DEPLOY_CARD)) ?? cards.get(id, ASK_CARD);
}

/** Where notes about a request are said: in the thread of its message. Undefined while that is not known. */
export async function placeOfNotes(
  id: string,
  deps: SpotDeps,
): Promise<{ readonly channel: string; readonly thread_ts?: string } | undefined> {
  const spot = await spotOf(id, deps);
  if (spot) return { channel: spot.channel, thread_ts: spot.thread ?? spot.ts };
  // Slack does not say where every message is that asked; its channel is known.
  const approval = await deps.store.approvals.get(id);
  const isInMessage = approval && deps.kinds.get(approval.command)?.card === 'message';
  return isInMessage ? { channel: approval.channel } : undefined;
}

/** What the message of a request is to show; undefined for one that asks and whose request cannot be shown. */
export async function messageFor(id: string, deps: SpotDeps): Promise<Message | undefined> {
  const card = await readCard(id, deps);
  if (card) return messageOfCard(card);
  const closed = await readClosedRequest(id, deps);
  if (closed) return closedRequestView(closed);
  const open = await deps.store.approvals.get(id);
  return open?.integrity === 'signed' && open.state === 'pending' ? openRequestView(open, deps) : undefined;
}

/** Records that a message which asked shows an answer now. */
export async function markAnswered(at: Pick<Card, 'channel' | 'ts'>, { store }: Pick<Deps, 'store'>): Promise<void> {
  const spot = await store.cards.at({ kind: ASK_CARD, ...at });
  if (spot) await store.cards.markRendered({ ...spot, rendered: ANSWERED });
}

/** Whether a click may be about to replace the message that asked; by a clock that was set back since, none is. */
export async function isBeingAnswered(id: string, deps: SpotDeps): Promise<boolean> {
  const { state, decidedAt = 0 } = (await readClosedRequest(id, deps)) ?? {};
  return state !== undefined && state !== 'expired' && Math.abs(deps.now() - decidedAt) < ANSWERED_WITHIN_MS;
}
