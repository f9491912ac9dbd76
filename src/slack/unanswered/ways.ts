import type { Unanswered } from '../../store/deliveries.ts';
import type { SlackApi } from '../client/client.ts';
import { respondAt } from '../client/respond-at.ts';
import type { inWords } from '../reply/in-words.ts';
import type { Asked } from './asked.ts';

/** Slack takes answers to a payload for 30 minutes. */
const RESPOND_WITHIN_MS = 29 * 60_000;

type Payload = Parameters<Parameters<typeof inWords>[2]>[0];
export type Way = (payload: Payload) => Promise<unknown>;

/** The ways to tell a channel, the message that was clicked first. */
export function waysToChannel(asked: Asked, { ageMs }: Unanswered, client: SlackApi['client']): readonly Way[] {
  const { channel, thread, away, respondTo, replaces, live, message } = asked;
  const threaded = thread === undefined ? {} : { thread_ts: thread };
  const ways: Way[] = [(payload) => client.chat.postMessage({ channel, ...threaded, ...payload })];
  if (message !== undefined) ways.unshift((payload) => client.chat.update({ channel, ts: message, ...payload }));
  if (respondTo !== undefined && !replaces && !away && ageMs < RESPOND_WITHIN_MS)
    ways.unshift((payload) =>
      respondAt(respondTo)({ ...payload, response_type: 'in_channel', replace_original: true }),
    );
  if (live) ways.unshift((payload) => client.chat.update({ ...live, ...payload }));
  return ways;
}

/** Where what changed is said again: in the thread of the message that was clicked. */
export const inThread =
  ({ channel, thread, message }: Asked, client: SlackApi['client']): Way =>
  (payload) => {
    const of = thread ?? message;
    return client.chat.postMessage({ channel, ...(of === undefined ? {} : { thread_ts: of }), ...payload });
  };

/** The ways to tell a person, the nearest to where they asked first. */
export function waysToPerson(asked: Asked, { ageMs }: Unanswered, client: SlackApi['client']): readonly Way[] {
  const { person, channel, thread, away, respondTo, replaces, live } = asked;
  const threaded = thread === undefined ? {} : { thread_ts: thread };
  const kind = { response_type: 'ephemeral', replace_original: replaces } as const;
  const ways: Way[] = [(payload) => client.chat.postMessage({ channel: person, ...payload })];
  if (!away) ways.unshift((payload) => client.chat.postEphemeral({ channel, user: person, ...threaded, ...payload }));
  if (respondTo !== undefined && ageMs < RESPOND_WITHIN_MS)
    ways.unshift((payload) => respondAt(respondTo)({ ...payload, ...kind }));
  if (live) ways.unshift((payload) => client.chat.update({ ...live, ...payload }));
  return ways;
}
