import { setTimeout as later } from 'node:timers/promises';
import type { RespondFn } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Log } from '../../telemetry.ts';
import { writeCommands, writeCommandsInMessage, writeCommandsInText } from '../block-kit/commands.ts';
import { sendable } from '../block-kit/limits.ts';
import { aboutChannel, type Message, withoutCharts } from '../block-kit/message.ts';
import { cutMrkdwn, plain } from '../block-kit/text.ts';
import type { SlackApi } from '../client/client.ts';
import { inTime } from '../client/in-time.ts';
import { tried } from '../client/tried.ts';
import type { About, Delivered, Delivery } from './delivery.ts';
import { type Live, MOST_UPDATE_TEXT, startLive } from './live-message.ts';
import type { Payload, Place, Trigger } from './place.ts';

/** Answers one request. No method rejects: a reply that cannot be sent one way is sent another way, or logged. */
export interface Responder {
  answer(message: Message, delivery: Delivery): Promise<Delivered>;
  /** Acknowledges without text: the change is visible elsewhere. */
  silent(): Promise<void>;
  /** Opens a modal; false when Slack sent no trigger, or the trigger expired. */
  open(view: ModalView): Promise<boolean>;
  /** Tells the person that the answer follows, from this process or another; `stands`: who will see the live message. */
  working(stands: Stands, from?: 'here' | 'elsewhere'): Promise<void>;
  startLive(message: Message, stands: Stands): Promise<Live | undefined>;
}

/** The ways Slack offers to answer one payload. */
export interface ReplyChannel {
  /** Most answers go with the acknowledgement, and need none. */
  readonly api: () => Promise<SlackApi>;
  readonly place: Place;
  /** The prefix of slash commands. */
  readonly prefix: string;
  readonly log: Log;
  /** Acknowledges; a slash command's acknowledgement may carry the answer, a form's may carry its errors. */
  readonly ack: (payload?: Payload, about?: About) => Promise<void>;
  /** The content an acknowledgement may carry: the whole answer, only a form's errors, or nothing. */
  readonly ackCarries: 'answer' | 'mistake' | 'nothing';
  readonly respond: RespondFn | undefined;
  /** Called with where a message was posted: the channel, or the person's direct messages. */
  readonly posted?: ((inChannel: boolean) => void) | undefined;
  /** Called with whether an answer reached Slack, in any form. */
  readonly answered?: ((isSent: boolean) => void) | undefined;
  /** Called with where a live message was posted, before it shows any progress. */
  readonly liveAt?: ((live: { readonly channel: string; readonly ts: string }) => Promise<void>) | undefined;
  /** Called with true before a person is told to wait, and with false before an answer follows. Never rejects. */
  readonly waits?: ((isWaiting: boolean) => Promise<void>) | undefined;
  /** For opening a modal; Slack takes it once, within three seconds. */
  readonly trigger?: Trigger | undefined;
  /** "Working on it" was said before, by the process that handed this over. */
  readonly saidWorking?: boolean | undefined;
}

/** Slack waits 3 s for an acknowledgement, and shows nothing of a later one. */
const ACK_MS = 2700;

/** Slack shows what an acknowledgement carries some time after it was sent: what replaces it comes later than that. */
const ACK_SHOWN_MS = 500;

/** Longest time that "Working on it" waits to be on record. */
const ON_RECORD_MS = 500;

/** Deadline for answers through a `response_url`: Bolt sets none. */
const RESPOND_MS = 10_000;

interface Posted {
  readonly sent: boolean;
  readonly at: Delivered['at'];
}

const NOT_POSTED: Posted = { sent: false, at: undefined };

export function createResponder(replyChannel: ReplyChannel): Responder {
  const { place, log } = replyChannel;
  const opened = performance.now();
  let acked = false;
  /** "Working on it" is shown to the person until the answer replaces it. */
  let saidWorking = replyChannel.saidWorking ?? false;
  let isShown: Promise<unknown> = Promise.resolve();
  let isWaiting = false;
  /** Should this process die from here on, the answer may be there. */
  const endWaiting = async () => {
    if (isWaiting) await replyChannel.waits?.(false);
    isWaiting = false;
  };
  const ackOnce = async (payload?: Payload, about?: About) => {
    if (acked) return false;
    acked = true;
    const isTaken = await tried(log, () => replyChannel.ack(payload, about));
    return isTaken && payload !== undefined;
  };
  const shape = (shown: Message, most = 20_000) => {
    const message = writeCommandsInMessage(shown, replyChannel.prefix);
    const { blocks, problems } = sendable(message);
    if (problems.length > 0) log.error({ problems }, 'Blocks that Slack would refuse were left out');
    return { text: cutMrkdwn(message.text, most), ...(blocks.length > 0 ? { blocks } : {}) };
  };
  const bare = (message: Message) => ({
    text: cutMrkdwn(writeCommandsInText(message.text, replyChannel.prefix), MOST_UPDATE_TEXT),
  });

  /** Ways to say a message, each plainer than the one before: Slack may refuse charts, and blocks. */
  const bodies = (message: Message) => {
    const plainer = withoutCharts(message);
    return [shape(message), ...(plainer ? [shape(plainer)] : []), bare(message)];
  };

  const post = async (message: Message, inChannel: boolean): Promise<Posted> => {
    let at: Delivered['at'];
    const thread = place.thread === undefined ? {} : { thread_ts: place.thread };
    const attempt = async (body: { text: string }) => {
      const { client } = await replyChannel.api();
      if (!inChannel)
        return client.chat.postEphemeral({ channel: place.channel, user: place.person, ...thread, ...body });
      const unfurled = { unfurl_links: false, unfurl_media: false };
      const { channel, ts } = await client.chat.postMessage({
        channel: place.channel,
        ...thread,
        ...body,
        ...unfurled,
      });
      if (channel !== undefined && ts !== undefined) at = { channel, ts };
    };
    const direct = async (body: { text: string }) =>
      (await replyChannel.api()).client.chat.postMessage({ channel: place.person, ...body });
    const away = place.away && !inChannel;
    const way = away ? direct : attempt;
    const sent = await tried(
      log,
      ...bodies(away ? elsewhere(message, place.channel) : message).map((body) => () => way(body)),
    );
    if (sent) replyChannel.posted?.(!away);
    return { sent, at };
  };
  const respond = async (message: Message, delivery: Pick<Delivery, 'inChannel' | 'replace'>): Promise<boolean> => {
    const send = replyChannel.respond;
    if (!send) return false;
    const how = {
      response_type: delivery.inChannel ? ('in_channel' as const) : ('ephemeral' as const),
      replace_original: delivery.replace,
    };
    return tried(log, ...bodies(message).map((body) => () => inTime(send({ ...body, ...how }), RESPOND_MS)));
  };

  const takeBack = async () => {
    await isShown;
    await tried(log, async () => replyChannel.respond?.({ text: '', delete_original: true }));
  };

  return {
    async answer(message, delivery) {
      const response_type = delivery.inChannel ? 'in_channel' : 'ephemeral';
      const carries =
        (replyChannel.ackCarries === 'answer' && !delivery.changesLater) ||
        (replyChannel.ackCarries === 'mistake' && delivery.refused);
      // Slack does not say what it refuses of an acknowledgement, and charts are new.
      const inAck = carries && withoutCharts(message) === undefined && performance.now() - opened < ACK_MS;
      const isSaid = inAck && (await ackOnce({ ...shape(message), response_type }, delivery.about));
      await ackOnce();
      await isShown;
      await endWaiting();
      const replace = delivery.replace || (saidWorking && !delivery.inChannel);
      if (saidWorking && delivery.inChannel) await takeBack();
      const first = delivery.changesLater ? await post(message, delivery.inChannel) : NOT_POSTED;
      const isThere = isSaid || first.sent;
      const isResponse = !isThere && (await respond(message, { ...delivery, replace }));
      const last = isThere || isResponse || delivery.changesLater ? first : await post(message, delivery.inChannel);
      const sent = isThere || isResponse || last.sent;
      replyChannel.answered?.(sent);
      if (!sent) log.error({ person: place.person, channel: place.channel }, 'An answer could not be delivered');
      await upload(replyChannel, message, delivery.inChannel);
      return { at: last.at, isInPlace: isResponse && delivery.replace };
    },
    async silent() {
      if (saidWorking) await takeBack();
      await ackOnce();
    },
    async open(view) {
      const { trigger } = replyChannel;
      const left = trigger === undefined ? 0 : trigger.until - performance.now();
      if (trigger === undefined || left <= 0) return false;
      const open = async () => {
        const { client } = await replyChannel.api();
        return client.views.open({ trigger_id: trigger.id, view: writeCommands(view, replyChannel.prefix) });
      };
      // Slack waits for both at once; the acknowledgement is never behind the form.
      const [isOpen] = await Promise.all([tried(log, () => inTime(open(), left)), ackOnce()]);
      return isOpen;
    },
    async working(stands, from = 'here') {
      const text =
        liveChannel(stands, place) !== place.channel
          ? 'Working on it. Live updates come in your direct messages with Fairlead.'
          : 'Working on it…';
      isWaiting = from === 'here';
      // On record first, as far as Slack waits: should this process die, what it says now is replaced then. Else it stays.
      const left = Math.max(0, Math.min(ON_RECORD_MS, ACK_MS - (performance.now() - opened)));
      if (isWaiting) await Promise.race([replyChannel.waits?.(true), later(left, undefined, { ref: false })]);
      const said = await ackOnce(
        replyChannel.ackCarries === 'answer' ? { text, response_type: 'ephemeral' } : undefined,
      );
      saidWorking ||= said;
      if (said) isShown = later(ACK_SHOWN_MS);
    },
    async startLive(message, stands) {
      const channel = liveChannel(stands, place);
      const thread = channel === place.channel ? place.thread : undefined;
      const live = await startLive(await replyChannel.api(), { channel, thread }, message, { log, shape, bare });
      if (!live) return undefined;
      await replyChannel.liveAt?.(live.at);
      return {
        ...live,
        async finish(last) {
          await endWaiting();
          const isFinished = await live.finish(last);
          if (isFinished && saidWorking && channel === place.channel) await takeBack();
          if (isFinished) await upload(replyChannel, last, channel === place.channel);
          return isFinished;
        },
      };
    },
  };
}

/** The message as shown in direct messages: its buttons still count in the request's channel. */
function elsewhere(message: Message, channel: string): Message {
  const blocks = message.blocks.map((block, index) =>
    block.type === 'actions' ? aboutChannel(block, channel, index) : block,
  );
  return { ...message, blocks };
}

/** Who sees a live message: the channel, or only the person. */
export type Stands = 'channel' | 'private';

const liveChannel = (stands: Stands, place: Place): string => (stands === 'private' ? place.person : place.channel);

/** Uploads a message's files; private ones to the person's direct messages, since everyone in a channel sees its files. */
async function upload(replyChannel: ReplyChannel, message: Message, inChannel: boolean): Promise<void> {
  const { place, log } = replyChannel;
  const files = [...(message.file ? [message.file] : []), ...(message.files ?? [])];
  const [first] = files;
  if (!first) return;
  const sent = await tried(log, async () => {
    const { client } = await replyChannel.api();
    let channel = place.channel;
    let thread = place.thread;
    if (!inChannel) {
      const opened = await client.chat.postMessage({ channel: place.person, text: plain(first.title) });
      channel = opened.channel ?? channel;
      thread = opened.ts;
    }
    const all = files.map(({ name, title, content }) => ({ filename: name, title, content }));
    await client.filesUploadV2({
      channel_id: channel,
      file_uploads: all,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    } as Parameters<WebClient['filesUploadV2']>[0]);
  });
  if (sent || !replyChannel.respond) return;
  const text =
    'The rest is too long for a message, and the file could not be uploaded: Fairlead needs the files:write scope, and to be in the channel.';
  await tried(log, async () => replyChannel.respond?.({ text, response_type: 'ephemeral', replace_original: false }));
}
