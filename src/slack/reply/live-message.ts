import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../telemetry.ts';
import { type Message, section, withoutCharts } from '../block-kit/message.ts';
import { isAboutEnded } from '../block-kit/refusals.ts';
import type { SlackApi } from '../client/client.ts';
import { HeldTooLong } from '../client/lanes.ts';
import { tried } from '../client/tried.ts';
import type { Payload } from './place.ts';

/** A message that is kept up to date. */
export interface Live {
  /** Fires when Slack says that this message can never be updated again: nobody sees what is shown there. */
  readonly gone: AbortSignal;
  /** Where it is. */
  readonly at: { readonly channel: string; readonly ts: string };
  /** Shows a newer state when it is this message's turn; a state that was not shown by then is dropped. */
  update(message: Message): void;
  /** Shows the last state, without waiting for a turn. Resolves to false when it could not be shown there. */
  finish(message: Message): Promise<boolean>;
}

/** How a message is put into words and blocks that Slack takes. */
interface Shaping {
  readonly log: Log;
  shape(message: Message, most?: number): Payload;
  bare(message: Message): Payload;
}

/** `chat.update` refuses longer text. */
export const MOST_UPDATE_TEXT = 3900;

type UpdateArguments = Parameters<WebClient['chat']['update']>[0];
type PostArguments = Parameters<WebClient['chat']['postMessage']>[0];

/** Posts a live message; undefined when Slack did not take it. */
export async function startLive(
  { client, live, pace }: SlackApi,
  { channel, thread }: { readonly channel: string; readonly thread: string | undefined },
  first: Message,
  { log, shape, bare }: Shaping,
): Promise<Live | undefined> {
  let spot: { readonly channel: string; readonly ts: string } | undefined;
  const post = async (message: Message) => {
    const threaded = thread === undefined ? {} : { thread_ts: thread };
    const posted = await client.chat.postMessage({ channel, ...threaded, ...shape(message) } as PostArguments);
    if (posted.channel !== undefined && posted.ts !== undefined) spot = { channel: posted.channel, ts: posted.ts };
  };
  await tried(log, ...[first, withoutCharts(first)].flatMap((one) => (one ? [() => post(one)] : [])));
  if (!spot) return undefined;
  const at = spot;
  const over = new AbortController();
  const gone = new AbortController();
  let shown = JSON.stringify(first);
  let newest: Message | undefined;
  let isKeptUp = false;
  /** The update that is under way: one at a time, or an older state could arrive last. */
  let sending: Promise<unknown> = Promise.resolve();

  const call = (by: WebClient, body: Payload) => by.chat.update({ ...at, ...body } as UpdateArguments);
  /** Ways to show a message where it stands, each plainer than the one before. */
  const plainer = (message: Message, by: WebClient) => {
    const less = withoutCharts(message);
    return [...(less ? [() => call(by, shape(less, MOST_UPDATE_TEXT))] : []), () => call(by, inWords(message))];
  };
  const inWords = (message: Message) => ({ ...bare(message), blocks: [section(bare(message).text)] });
  /** Slack refused the charts once: they are not tried again at every turn. */
  let hasCharts = true;
  const show = async (newer: Message): Promise<void> => {
    const next = JSON.stringify(newer);
    if (next === shown) return;
    const message = hasCharts ? newer : (withoutCharts(newer) ?? newer);
    try {
      await call(live, shape(message, MOST_UPDATE_TEXT));
      shown = next;
    } catch (error) {
      // Shown at a later turn, unless a newer state is there by then.
      if (error instanceof HeldTooLong) newest ??= newer;
      else if (isAboutEnded(error)) end(error);
      else if (await tried(log, ...plainer(message, live))) {
        shown = next;
        hasCharts = false;
      }
    }
  };
  const end = (error: unknown): void => {
    log.warn({ err: messageOf(error) }, 'A live message is gone');
    newest = undefined;
    over.abort();
    gone.abort();
  };
  const keepUp = async (): Promise<void> => {
    while (newest) {
      await pace.turn(channel, over.signal);
      const message = newest;
      newest = undefined;
      sending = show(message);
      await sending;
    }
    isKeptUp = false;
  };
  return {
    gone: gone.signal,
    at,
    update(message) {
      if (over.signal.aborted) return;
      newest = message;
      if (isKeptUp) return;
      isKeptUp = true;
      void keepUp();
    },
    async finish(message) {
      over.abort();
      await sending;
      if (gone.signal.aborted) return false;
      return (
        JSON.stringify(message) === shown ||
        tried(log, () => call(client, shape(message, MOST_UPDATE_TEXT)), ...plainer(message, client))
      );
    },
  };
}
