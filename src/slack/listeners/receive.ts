import type { SlashCommand } from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import { respondAt } from '../client/respond-at.ts';
import { CHOOSE_CONTAINERS } from '../views/parts/container-select.ts';
import { type Click, type ClickedElement, onAction } from './actions.ts';
import { onCommand } from './commands.ts';
import { type EventBody, type HomeOpened, type Mention, onHomeOpened, onMention } from './events.ts';
import type { Listening } from './listening.ts';
import type { SuggestionBody } from './options.ts';
import { onSubmit, type Submission } from './views.ts';

/** What Slack posts to the address of requests, its signature verified. */
export type Delivered =
  | { readonly kind: 'command'; readonly command: SlashCommand }
  | { readonly kind: 'interactive'; readonly payload: Interactive }
  | { readonly kind: 'event'; readonly body: EventCallback };

/** The kinds of interactive payloads that are listened to; others are acknowledged and nothing else. */
type Interactive =
  | (Click & { readonly type: 'block_actions'; readonly actions?: readonly ClickedElement[] })
  | (Submission & { readonly type: 'view_submission' })
  | (SuggestionBody & { readonly type: 'block_suggestion'; readonly action_id: string });

export type EventCallback = EventBody & {
  readonly event?: ({ readonly type: 'app_home_opened' } & HomeOpened) | ({ readonly type: 'app_mention' } & Mention);
  readonly authorizations?: readonly { readonly user_id?: string }[];
};

/** Listens to one delivery without Bolt, to its end. Resolves to the body of the acknowledgement, if it has one. */
export async function receive(
  delivered: Delivered,
  listening: Listening,
  optionsFor: (body: SuggestionBody) => Promise<PlainTextOption[]>,
): Promise<object | undefined> {
  let answer: object | undefined;
  const ack = async (body?: object) => {
    answer ??= body;
  };
  const respondTo = (url: string | undefined) => (url === undefined ? undefined : respondAt(url));
  if (delivered.kind === 'command') {
    const { command } = delivered;
    await onCommand(command, { ack, respond: respondTo(command.response_url) }, listening);
  } else if (delivered.kind === 'event') await hear(delivered.body, listening);
  else {
    const { payload } = delivered;
    const [action] = payload.type === 'block_actions' ? (payload.actions ?? []) : [];
    if (payload.type === 'block_actions' && action)
      await onAction({ body: payload, action }, { ack, respond: respondTo(payload.response_url) }, listening);
    else if (payload.type === 'view_submission' && payload.view.callback_id.startsWith('form-'))
      await onSubmit(payload, { ack }, listening);
    else if (payload.type === 'block_suggestion' && payload.action_id === CHOOSE_CONTAINERS)
      answer = { options: await optionsFor(payload) };
  }
  return answer;
}

async function hear(body: EventCallback, listening: Listening): Promise<void> {
  const { event } = body;
  if (event?.type === 'app_home_opened') await onHomeOpened(event, body, listening);
  if (event?.type === 'app_mention')
    await onMention({ event, body, bot: body.authorizations?.[0]?.user_id ?? '' }, listening);
}
