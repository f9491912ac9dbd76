import { channelOf } from '../block-kit/message.ts';
import { type Clicked, clickedCard } from '../cards/card-messages.ts';
import { clickElsewhere } from './click-elsewhere.ts';
import {
  type Answering,
  type Heard,
  hear,
  isOurs,
  type Listening,
  NO_ACK,
  talk,
  triggerOf,
  turnAway,
} from './listening.ts';
import type { Origin } from './origin.ts';
import { type OpenView, refill } from './refill.ts';

/** A click on a button or menu, as far as it is read. */
export interface Click extends Origin, Clicked {
  readonly user: { readonly id: string; readonly team_id?: string };
  readonly trigger_id?: string;
  readonly view?: OpenView;
  readonly container?: { readonly message_ts?: string; readonly thread_ts?: string; readonly is_ephemeral?: boolean };
  readonly response_url?: string;
}

export interface ClickedElement {
  readonly type: string;
  readonly action_id?: string;
  readonly block_id?: string;
  readonly value?: string;
  readonly selected_option?: { readonly value: string } | null;
}

interface Clicking {
  readonly body: Click;
  readonly action: ClickedElement;
}

/** Any button and any menu. No click is silent. */
export async function onAction(
  { body, action }: Clicking,
  { ack, respond }: Answering,
  listening: Listening,
): Promise<void> {
  const { view, trigger_id: id } = body;
  const person = body.user.id;
  const value = action.type === 'button' ? action.value : undefined;
  if (!isOurs(body, listening) || value === undefined) {
    await ack();
    if (!isOurs(body, listening)) return turnAway(body, respond, listening);
    if (view && action.type === 'static_select' && (await listening.intake.isFirst(id)))
      await refill({ view, person, service: action.selected_option?.value ?? '' }, listening);
    return;
  }
  const acknowledge = () => ack();
  const trigger = triggerOf(id, listening);
  const about = channelOf(action.action_id ?? '');
  if (about !== undefined)
    return clickElsewhere({ delivery: id, ack: acknowledge, line: value, person, about, view, trigger }, listening);
  const { container, channel, response_url: respondTo } = body;
  const onOwn = container?.is_ephemeral === true;
  const message = onOwn ? undefined : container?.message_ts;
  const heard: Heard = {
    delivery: id,
    ack: acknowledge,
    said: { text: value, person, channel: channel?.id ?? '', team: body.team?.id ?? '', source: 'click', message },
    reply: { ...NO_ACK, respond, respondTo, trigger },
    at: { thread: container?.thread_ts, onOwn, respondTo },
  };
  await hear(heard, listening, async (taken) => {
    await findCard(body, action, listening);
    return (await talk(heard, taken, listening)).isAnswered;
  });
}

/** Where a card is may be known by the click on it only. Never rejects. */
async function findCard(body: Click, { block_id: block = '' }: ClickedElement, { board, deps }: Listening) {
  const card = clickedCard(body, block);
  if (!card) return;
  await board
    .clicked(card.id, card)
    .catch((error) => deps.log.error({ card: card.id, err: error }, 'A card could not be found by its click'));
}
