import type { PlainTextOption } from '@slack/types';
import { respondAt } from '../client/respond-at.ts';
import { CHOOSE_CONTAINERS } from '../views/parts/container-select.ts';
import { type Click, type ClickedElement, onAction } from './actions.ts';
import { type HomeOpened, onHomeOpened } from './home-opened.ts';
import type { Listening } from './listening.ts';
import type { EventBody } from './mentions.ts';
import type { SuggestionBody } from './options.ts';

export type Clicked = Click & { readonly type: 'block_actions'; readonly actions?: readonly ClickedElement[] };
export type Suggestion = SuggestionBody & { readonly type: 'block_suggestion'; readonly action_id: string };
export type HomeBody = EventBody & { readonly event: { readonly type: 'app_home_opened' } & HomeOpened };

/** What cards, menus and the home tab send. */
export type DeliveredElsewhere =
  | { readonly kind: 'click'; readonly click: Clicked }
  | { readonly kind: 'suggestion'; readonly suggestion: Suggestion }
  | { readonly kind: 'home'; readonly body: HomeBody };

/** Listens to one delivery without Bolt, to its end. Resolves to the body of the acknowledgement, if it has one. */
export async function receive(
  delivered: DeliveredElsewhere,
  listening: Listening,
  optionsFor: (body: SuggestionBody) => Promise<PlainTextOption[]>,
): Promise<object | undefined> {
  const ack = async () => {};
  if (delivered.kind === 'home')
    await onHomeOpened({ event: delivered.body.event, body: delivered.body, ack }, listening);
  else if (delivered.kind === 'suggestion') {
    const { suggestion } = delivered;
    if (suggestion.action_id === CHOOSE_CONTAINERS) return { options: await optionsFor(suggestion) };
  } else {
    const { click } = delivered;
    const [action] = click.actions ?? [];
    const respond = click.response_url === undefined ? undefined : respondAt(click.response_url);
    if (action) await onAction({ body: click, action }, { ack, respond }, listening);
  }
  return undefined;
}
