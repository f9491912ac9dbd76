import type { RespondFn } from '@slack/bolt';
import { messageOf } from '../../domain/errors.ts';
import { ulid } from '../../domain/ulid.ts';
import type { DecideDeps } from '../../handlers/deciding.ts';
import type { Deps } from '../../handlers/deps.ts';
import { refusalOf } from '../../handlers/refusal.ts';
import { inContext, nameArrival } from '../../telemetry.ts';
import type { SlackApi } from '../client/client.ts';
import type { Talking } from '../reply/conversation.ts';
import { answerDeclined, type Exchange } from '../reply/exchange.ts';
import type { Place, Trigger } from '../reply/place.ts';
import { createResponder, type ReplyChannel } from '../reply/responder.ts';
import type { LineTask, SaidLine } from '../reply/task.ts';
import { askedOf } from '../unanswered/asked.ts';
import { attachedOf } from './attached.ts';
import type { ShowHome } from './home.ts';
import type { DeliveryName, Intake } from './intake.ts';
import { isOutsider, type Origin, rejectionReason } from './origin.ts';

/** What becomes a line needs no more than this: what carries the line out is behind `converse`. */
export interface Hearing {
  readonly deps: DecideDeps;
  /** Slack's Web API, which few answers need. */
  api(): Promise<SlackApi>;
  readonly intake: Intake;
  /** How long a form that is asked for now may take to open, in milliseconds. */
  formMs(): number;
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
export type LineReply = Omit<ReplyChannel, 'answered' | 'api' | 'liveAt' | 'log' | 'place' | 'prefix' | 'waits'> & {
  /** The address of `respond`, for another process. */
  readonly respondTo?: string | undefined;
  /** What another process does once it has answered. */
  readonly elsewhere?: LineTask['elsewhere'];
};

/** A command line that Slack delivered, and how it is answered. */
export interface Heard {
  readonly delivery: DeliveryName;
  /** Acknowledges it where its answer does not. */
  ack(): Promise<void>;
  readonly said: SaidLine;
  readonly reply: LineReply;
  readonly at?: Omit<Place, 'person' | 'channel'>;
}

/** A line that is on record as unanswered. */
export interface Taken {
  /** The request's id. */
  readonly request: string;
  /** Records where its progress is shown. */
  liveAt(live: { readonly channel: string; readonly ts: string }): Promise<void>;
  /** Records whether its person was told to wait and has no answer yet. */
  waits(isWaiting: boolean): Promise<void>;
}

/**
 * Takes a line from Slack: it is recorded, acknowledged and carried out by `work`, which resolves to whether its person was
 * answered. Should this process die before that, another tells them.
 */
export async function hear(heard: Heard, hearing: Hearing, work: (taken: Taken) => Promise<boolean>) {
  const { delivery, ack, said, reply, at = {} } = heard;
  const { deps, intake, track } = hearing;
  const { respondTo, ackCarries } = reply;
  const request = ulid(deps.now());
  nameArrival(request);
  const asked = askedOf({ request, said, at, respondTo, ackCarries }, deps);
  let newest: object = asked;
  let stored = Promise.resolve();
  const note = (more: object) => {
    const next = { ...newest, ...more };
    newest = next;
    stored = stored.then(() => intake.update(delivery, next));
    return stored;
  };
  const taken: Taken = {
    request,
    liveAt: (live) => note({ live }),
    waits: (isWaiting) => note({ mayBeAnswered: !isWaiting }),
  };
  const given = {
    delivery,
    asked,
    ack,
    isAckedByWork: ackCarries !== 'nothing',
    isSentAgain: said.source === 'mention',
  };
  const whole = () =>
    intake.take(given, (unrecorded) =>
      unrecorded === undefined ? work(taken) : refuse(heard, taken, unrecorded.error, hearing),
    );
  await track(inContext({ request }, whole));
}

/** Nothing is done that is not on record. */
async function refuse(heard: Heard, taken: Taken, error: unknown, hearing: Hearing): Promise<boolean> {
  const { exchange, isAnswered } = exchangeOf(heard, taken, hearing);
  await answerDeclined(refusalOf(error, { id: taken.request, began: false }, hearing.deps), exchange);
  return isAnswered();
}

interface Talked {
  /** Whether another process answers it. */
  readonly isHandedOver: boolean;
  /** Whether its person has the answer, or will have it from that other process. */
  readonly isAnswered: boolean;
}

/** Carries out a command line that was taken, and answers through its `reply`. */
export async function talk(heard: Heard, taken: Taken, hearing: Hearing): Promise<Talked> {
  const { exchange, isAnswered } = exchangeOf(heard, taken, hearing);
  const { request } = taken;
  const operation = { kind: 'exchange', source: heard.said.source, request } as const;
  const isHandedOver = await hearing.deps.observer.during(operation, () => hearing.converse(exchange));
  return { isHandedOver, isAnswered: isAnswered() };
}

/** `isAnswered`: whether the answer that was given last reached Slack. */
function exchangeOf(
  { said, reply, at = {} }: Heard,
  { request, liveAt, waits }: Taken,
  { api, deps }: Hearing,
): { readonly exchange: Exchange; isAnswered(): boolean } {
  const place = { person: said.person, channel: said.channel, ...at };
  const { respondTo, elsewhere, ...channel } = reply;
  const arrived = performance.now();
  let isAcked = false;
  const ack: ReplyChannel['ack'] = async (...content) => {
    await reply.ack(...content);
    if (!isAcked && reply.ack !== NO_ACK.ack)
      deps.observer.tell({ kind: 'acknowledged', ms: performance.now() - arrived });
    isAcked = true;
  };
  let isAnswered = true;
  const answered = (isSent: boolean) => {
    isAnswered = isSent;
  };
  const prefix = deps.config.slack.prefix;
  const responder = createResponder({ ...channel, ack, answered, liveAt, waits, api, place, log: deps.log, prefix });
  const attached = said.attached && attachedOf(said.attached, api);
  const incoming = { ...said, id: request, attached, thread: at.thread };
  const task = { said, place, ackCarries: reply.ackCarries, respondTo, elsewhere };
  return { exchange: { incoming, responder, place, task }, isAnswered: () => isAnswered };
}

/** For what Slack takes no answer to in its acknowledgement. */
export const NO_ACK = { ack: async () => {}, ackCarries: 'nothing' } as const;

/** A trigger expires after 3 s; the acknowledgement of a server need not wait for the form. */
export const FORM_MS = 2500;

export function triggerOf(id: string | undefined, { formMs }: Pick<Hearing, 'formMs'>): Trigger | undefined {
  return id === undefined ? undefined : { id, until: performance.now() + formMs() };
}
