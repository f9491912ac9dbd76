import type { RespondFn } from '@slack/bolt';
import { messageOf } from '../../domain/errors.ts';
import { ulid } from '../../domain/ulid.ts';
import type { DecideDeps } from '../../handlers/deciding.ts';
import type { Deps } from '../../handlers/deps.ts';
import { inContext } from '../../telemetry.ts';
import type { SlackApi } from '../client/client.ts';
import type { Talking } from '../reply/conversation.ts';
import type { Exchange } from '../reply/exchange.ts';
import type { Place, Trigger } from '../reply/place.ts';
import { createResponder, type ReplyChannel } from '../reply/responder.ts';
import type { LineTask, SaidLine } from '../reply/task.ts';
import { attachedOf } from './attached.ts';
import type { ShowHome } from './home.ts';
import { isOutsider, type Origin, rejectionReason } from './origin.ts';

/** What becomes a line needs no more than this: what carries the line out is behind `converse`. */
export interface Hearing {
  readonly deps: DecideDeps;
  /** Slack's Web API, which few answers need. */
  api(): Promise<SlackApi>;
  /** Whether Slack delivers something for the first time, by its id. */
  isFirst(id: string | undefined): Promise<boolean>;
  /** Lets the shutdown wait for what is under way. */
  track(work: Promise<void>): Promise<void>;
  /** Answers a request, from its decision to its last message. Resolves to true where another process answers it. */
  converse(exchange: Exchange): Promise<boolean>;
}

/** What every listener needs. */
export interface Listening extends Talking, Hearing {
  readonly deps: Deps;
  readonly showHome: ShowHome;
}

/** The ways Slack's payload may be answered, whatever received it. */
export interface Answering {
  ack(response?: object): Promise<void>;
  readonly respond: RespondFn | undefined;
}

/** Whether it comes from the workspace and the app that the config names; what does not is logged. */
export function isOurs(body: Origin, { deps }: Pick<Hearing, 'deps'>): boolean {
  const from = rejectionReason(body, deps.config.slack);
  if (from !== undefined)
    deps.log.warn({ from, team: body.team_id ?? body.team?.id, app: body.api_app_id }, 'A request was dropped');
  return from === undefined;
}

/** Tells somebody of another company in a shared channel that their click does nothing, and nothing else. */
export async function turnAway(body: Origin, respond: RespondFn | undefined, { deps }: Hearing): Promise<void> {
  if (!isOutsider(body, deps.config.slack)) return;
  const text = 'Only people of the workspace that Fairlead belongs to may use its buttons. Nothing was done.';
  await respond?.({ response_type: 'ephemeral', replace_original: false, text }).catch((error: unknown) =>
    deps.log.warn({ err: messageOf(error) }, 'Somebody of another workspace could not be told so'),
  );
}

/** How a line's answer reaches its person. */
export type LineReply = Omit<ReplyChannel, 'api' | 'log' | 'place' | 'prefix'> & {
  /** The address of `respond`, for another process. */
  readonly respondTo?: string | undefined;
  /** What another process does once it has answered. */
  readonly elsewhere?: LineTask['elsewhere'];
};

/** Carries out a command line and answers through `reply`. Resolves to true where it was handed over to another process. */
export async function talk(
  said: SaidLine,
  reply: LineReply,
  hearing: Hearing,
  at: Omit<Place, 'person' | 'channel'> = {},
): Promise<boolean> {
  const { api, deps, track } = hearing;
  const place = { person: said.person, channel: said.channel, ...at };
  const { respondTo, elsewhere, ...channel } = reply;
  const { observer } = deps;
  const id = ulid(deps.now());
  const arrived = performance.now();
  let isAcked = false;
  const ack: ReplyChannel['ack'] = async (...content) => {
    await reply.ack(...content);
    if (!isAcked && reply.ack !== NO_ACK.ack) observer.tell({ kind: 'acknowledged', ms: performance.now() - arrived });
    isAcked = true;
  };
  const responder = createResponder({ ...channel, ack, api, place, log: deps.log, prefix: deps.config.slack.prefix });
  const attached = said.attached && attachedOf(said.attached, api);
  const incoming = { ...said, id, attached, thread: at.thread };
  const task = { said, place, ackCarries: reply.ackCarries, respondTo, elsewhere };
  let isHandedOver = false;
  const exchange = { incoming, responder, place, task };
  const whole = () =>
    observer.during({ kind: 'exchange', source: said.source, request: id }, () => hearing.converse(exchange));
  const talking = inContext({ request: id }, whole).then((handedOver) => {
    isHandedOver = handedOver;
  });
  await track(talking);
  return isHandedOver;
}

/** For what Slack takes no answer to in its acknowledgement. */
export const NO_ACK = { ack: async () => {}, ackCarries: 'nothing' } as const;

export function triggerOf(id: string | undefined): Trigger | undefined {
  return id === undefined ? undefined : { id, at: performance.now() };
}
