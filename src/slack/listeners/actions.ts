import { channelOf } from '../block-kit/message.ts';
import { type Clicked, clickedCard } from '../cards/card-messages.ts';
import { clickElsewhere } from './click-elsewhere.ts';
import { type Answering, isOurs, type Listening, NO_ACK, talk, triggerOf, turnAway } from './listening.ts';
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
  const { board, deps } = listening;
  await ack();
  const { view, trigger_id: id } = body;
  if (!isOurs(body, listening)) return turnAway(body, respond, listening);
  if (!(await listening.isFirst(id))) return;
  const trigger = triggerOf(id);
  const person = body.user.id;
  if (view && action.type === 'static_select')
    return refill({ view, person, service: action.selected_option?.value ?? '' }, listening);
  if (action.type !== 'button' || action.value === undefined) return;
  const about = channelOf(action.action_id ?? '');
  if (about !== undefined) return clickElsewhere({ line: action.value, person, about, view, trigger }, listening);
  const { container, channel, response_url: respondTo } = body;
  const card = clickedCard(body, action.block_id ?? '');
  if (card)
    await board
      .clicked(card.id, card)
      .catch((error) => deps.log.error({ card: card.id, err: error }, 'A card could not be found by its click'));
  const onOwn = container?.is_ephemeral === true;
  const message = onOwn ? undefined : container?.message_ts;
  await talk(
    { text: action.value, person, channel: channel?.id ?? '', team: body.team?.id ?? '', source: 'click', message },
    { ...NO_ACK, respond, respondTo, trigger },
    listening,
    { thread: container?.thread_ts, onOwn, respondTo },
  );
}
