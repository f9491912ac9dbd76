import type { RespondFn } from '@slack/bolt';
import { messageOf } from '../../domain/errors.ts';
import type { Incoming } from '../../handlers/request.ts';
import type { SlackApi } from '../client/client.ts';
import { converse, type Talking } from '../reply/conversation.ts';
import type { Place, Trigger } from '../reply/place.ts';
import { createResponder, type ReplyChannel } from '../reply/responder.ts';
import type { ShowHome } from './home.ts';
import { isOutsider, type Origin, rejectionReason } from './origin.ts';

/** What every listener needs. */
export interface Listening extends Talking {
  readonly api: SlackApi;
  readonly showHome: ShowHome;
  /** Whether Slack delivers something for the first time, by its id. */
  isFirst(id: string | undefined): Promise<boolean>;
  /** Lets the shutdown wait for what is under way. */
  track(work: Promise<void>): Promise<void>;
}

/** Whether it comes from the workspace and the app that the config names; what does not is logged. */
export function isOurs(body: Origin, { deps }: Listening): boolean {
  const from = rejectionReason(body, deps.config.slack);
  if (from !== undefined)
    deps.log.warn({ from, team: body.team_id ?? body.team?.id, app: body.api_app_id }, 'A request was dropped');
  return from === undefined;
}

/** Tells somebody of another company in a shared channel that their click does nothing, and nothing else. */
export async function turnAway(body: Origin, respond: RespondFn | undefined, { deps }: Listening): Promise<void> {
  if (!isOutsider(body, deps.config.slack)) return;
  const text = 'Only people of the workspace that Fairlead belongs to may use its buttons. Nothing was done.';
  await respond?.({ response_type: 'ephemeral', replace_original: false, text }).catch((error: unknown) =>
    deps.log.warn({ err: messageOf(error) }, 'Somebody of another workspace could not be told so'),
  );
}

/** Carries out a command line and answers through `replyChannel`. */
export function talk(
  incoming: Incoming,
  replyChannel: Omit<ReplyChannel, 'api' | 'log' | 'place' | 'prefix'>,
  listening: Listening,
  at: Omit<Place, 'person' | 'channel'> = {},
): Promise<void> {
  const { api, deps, track } = listening;
  const place = { person: incoming.person, channel: incoming.channel, ...at };
  const responder = createResponder({ ...replyChannel, api, place, log: deps.log, prefix: deps.config.slack.prefix });
  return track(converse({ incoming: { ...incoming, thread: at.thread }, responder, place }, listening));
}

/** For what Slack takes no answer to in its acknowledgement. */
export const NO_ACK = { ack: async () => {}, ackCarries: 'nothing' } as const;

export function triggerOf(id: string | undefined): Trigger | undefined {
  return id === undefined ? undefined : { id, at: performance.now() };
}
