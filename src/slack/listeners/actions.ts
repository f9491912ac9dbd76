import type { App } from '@slack/bolt';
import { channelOf } from '../block-kit/message.ts';
import { type Clicked, clickedCard } from '../cards/card-messages.ts';
import { clickElsewhere } from './click-elsewhere.ts';
import { isOurs, type Listening, NO_ACK, talk, triggerOf, turnAway } from './listening.ts';
import type { Origin } from './origin.ts';
import { type OpenView, refill } from './refill.ts';

interface ClickBody {
  readonly container?: { readonly message_ts?: string; readonly thread_ts?: string; readonly is_ephemeral?: boolean };
  readonly channel?: { readonly id: string };
  readonly response_url?: string;
}

/** Any button and any menu. No click is silent. */
export function listenToActions(app: App, listening: Listening): void {
  const { board, deps } = listening;
  app.action(/.*/u, async ({ body, action, ack, respond }) => {
    await ack();
    const { view, trigger_id: id } = body as { view?: OpenView; trigger_id?: string };
    if (!isOurs(body as Origin, listening)) return turnAway(body as Origin, respond, listening);
    if (!(await listening.isFirst(id))) return;
    const trigger = triggerOf(id);
    const person = body.user.id;
    if (view && action.type === 'static_select')
      return refill({ view, person, service: action.selected_option.value }, listening);
    if (action.type !== 'button' || action.value === undefined) return;
    const about = channelOf((action as { action_id?: string }).action_id ?? '');
    if (about !== undefined) return clickElsewhere({ line: action.value, person, about, view, trigger }, listening);
    const { container, channel, response_url: respondTo } = body as ClickBody;
    const card = clickedCard(body as Clicked, (action as { block_id?: string }).block_id ?? '');
    if (card)
      await board
        .clicked(card.id, card)
        .catch((error) => deps.log.error({ card: card.id, err: error }, 'A card could not be found by its click'));
    const onOwn = container?.is_ephemeral === true;
    const message = onOwn ? undefined : container?.message_ts;
    await talk(
      { text: action.value, person, channel: channel?.id ?? '', team: body.team?.id ?? '', source: 'click', message },
      { ...NO_ACK, respond, trigger },
      listening,
      { thread: container?.thread_ts, onOwn, respondTo },
    );
  });
}
