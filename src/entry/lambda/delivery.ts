import type { Delivered, EventCallback } from '../../slack/listeners/receive.ts';
import type { HttpRequest } from './event.ts';

/** What a signed request asks for: to be answered at once, or something to listen to. */
export type Asked =
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'nothing' }
  | Delivered;

/** Reads the body of a signed request. Undefined for one that is none of Slack's. */
export function askedBy({ headers, body }: HttpRequest): Asked | undefined {
  const text = body.toString('utf8');
  try {
    if (headers.get('content-type')?.startsWith('application/json')) return eventOf(JSON.parse(text));
    const form = new URLSearchParams(text);
    if (form.get('ssl_check') === '1') return { kind: 'nothing' };
    const payload = form.get('payload');
    if (payload !== null) return { kind: 'interactive', payload: JSON.parse(payload) };
    if (!form.has('command')) return undefined;
    // Slack's form is flat, and its fields are those of the type.
    return { kind: 'command', command: JSON.parse(JSON.stringify(Object.fromEntries(form))) };
  } catch {
    return undefined;
  }
}

interface EventText extends Omit<EventCallback, 'type'> {
  readonly type?: string;
  readonly challenge?: string;
}

function eventOf(body: EventText): Asked {
  if (body.type === 'url_verification') return { kind: 'challenge', challenge: body.challenge ?? '' };
  return body.type === 'event_callback' ? { kind: 'event', body } : { kind: 'nothing' };
}
