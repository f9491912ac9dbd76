import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import type { Card } from '../../handlers/deploy/card/card.ts';
import { slash } from '../block-kit/commands.ts';
import { context, type Message } from '../block-kit/message.ts';
import type { Said } from '../reply/in-words.ts';
import { cardView } from '../views/deploy/card/card.ts';
import { blockOfRequest, requestOfBlock } from '../views/parts/asking.ts';

const EVENT = 'fairlead_card';

/** What a card's message shows now, its buttons in a block that says whose they are. */
export function messageOfCard(card: Card): Message {
  const message = cardView(card);
  const blocks = message.blocks.map((block) =>
    block.type === 'actions' ? { ...block, block_id: blockOfRequest(card.id) } : block,
  );
  return { ...message, blocks };
}

/** As a hash, to tell whether a message is behind. */
export const hashOf = (message: Message): string => createHash('sha256').update(JSON.stringify(message)).digest('hex');

/** With what is said instead of blocks that Slack does not take. */
export function saidOfCard(id: string, message: Message, note?: string): Said {
  const instead = `Slack did not take the rest of this card. ${slash(`plan ${id}`)} shows the plan, ${slash(`abort ${id}`)} stops what is in progress.`;
  const blocks: readonly KnownBlock[] = note === undefined ? message.blocks : [context(note), ...message.blocks];
  return { ...message, blocks, instead };
}

/** Goes with every message of a card: a message found in Slack tells which request it is of. */
export const metadataOf = (id: string) => ({ metadata: { event_type: EVENT, event_payload: { id } } });

export const POSTED_AGAIN =
  ':information_source: Posted again after a restart. If an older copy of this card is above, use this one.';

/** What an older copy of a card says once somebody clicked it. */
export function replacedView(): { readonly text: string; readonly blocks: KnownBlock[] } {
  const text = 'This copy is out of date. The card of this request was posted again, below in this channel.';
  return { text, blocks: [context(`:heavy_minus_sign: ${text}`)] };
}

/** Where a click came from: Slack's payload of a button in a message. */
export interface Clicked {
  readonly container?: {
    readonly type?: string;
    readonly message_ts?: string;
    readonly thread_ts?: string;
    readonly is_ephemeral?: boolean;
  };
  readonly channel?: { readonly id?: string };
  readonly message?: {
    readonly metadata?: { readonly event_type?: string; readonly event_payload?: { readonly id?: unknown } };
  };
}

/** The card that was clicked, and where its message is; undefined for any other message. */
export function clickedCard(
  body: Clicked,
  block: string,
):
  | { readonly id: string; readonly channel: string; readonly ts: string; readonly thread: string | undefined }
  | undefined {
  const { container, channel, message } = body;
  const ts = container?.message_ts;
  if (container?.type !== 'message' || container.is_ephemeral === true || ts === undefined || channel?.id === undefined)
    return undefined;
  const { event_type: event, event_payload: payload } = message?.metadata ?? {};
  const told = event === EVENT && typeof payload?.id === 'string' ? payload.id : undefined;
  const id = told ?? requestOfBlock(block);
  const thread = container.thread_ts === ts ? undefined : container.thread_ts;
  return id === undefined ? undefined : { id, channel: channel.id, ts, thread };
}
