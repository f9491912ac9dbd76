import type { Clicked, DeliveredElsewhere, HomeBody, Suggestion } from '../../slack/listeners/receive.ts';
import type { DeliveredLine, MentionBody } from '../../slack/listeners/receive-line.ts';
import type { Submission } from '../../slack/listeners/views.ts';
import type { HttpRequest } from './event.ts';

/** What a signed request asks for: to be answered at once, or something to listen to. */
export type Asked =
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'nothing' }
  | DeliveredLine
  | DeliveredElsewhere;

const NOTHING = { kind: 'nothing' } as const;

/** Reads the body of a signed request. Undefined for one that is none of Slack's. */
export function askedBy({ headers, body }: HttpRequest): Asked | undefined {
  const text = body.toString('utf8');
  try {
    if (headers.get('content-type')?.startsWith('application/json')) return eventOf(JSON.parse(text));
    const form = new URLSearchParams(text);
    if (form.get('ssl_check') === '1') return NOTHING;
    const payload = form.get('payload');
    if (payload !== null) return interactionOf(JSON.parse(payload));
    if (!form.has('command')) return undefined;
    // Slack's form is flat, and its fields are those of the type.
    return { kind: 'command', command: JSON.parse(JSON.stringify(Object.fromEntries(form))) };
  } catch {
    return undefined;
  }
}

type EventText =
  | { readonly type: 'url_verification'; readonly challenge?: string }
  | ({ readonly type: 'event_callback' } & (MentionBody | HomeBody));

/** What is not listened to is acknowledged, and nothing else. */
function eventOf(body: EventText): Asked {
  if (body.type === 'url_verification') return { kind: 'challenge', challenge: body.challenge ?? '' };
  if (body.type !== 'event_callback') return NOTHING;
  const { event } = body;
  if (event?.type === 'app_mention') return { kind: 'mention', body: { ...body, event } };
  return event?.type === 'app_home_opened' ? { kind: 'home', body: { ...body, event } } : NOTHING;
}

type Interaction = Clicked | Suggestion | (Submission & { readonly type: 'view_submission' });

function interactionOf(payload: Interaction): Asked {
  if (payload.type === 'block_actions') return { kind: 'click', click: payload };
  if (payload.type === 'block_suggestion') return { kind: 'suggestion', suggestion: payload };
  const isForm = payload.type === 'view_submission' && payload.view.callback_id.startsWith('form-');
  return isForm ? { kind: 'form', form: payload } : NOTHING;
}
