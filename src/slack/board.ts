import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { code, messageOf, UserError } from '../errors.ts';
import { readCard } from '../handlers/deploy/card.ts';
import type { Note } from '../handlers/deploy/notes.ts';
import type { Board, Deps } from '../handlers/types.ts';
import type { Card as Spot } from '../store/cards.ts';
import { context, type Message, section } from './blocks.ts';
import { sendable } from './limits.ts';
import { cutMrkdwn } from './text.ts';
import { cardView } from './views/card.ts';
import { noteView } from './views/notes.ts';

/** Slack takes about fifty updates a minute; a card that changes more often is drawn with its newest state. */
const PACE_MS = 1500;
/** `chat.update` refuses longer text. */
const MOST_TEXT = 3900;
const KIND = 'deploy';
/** Each after twice the pause of the one before: the last about a quarter of an hour after the first. */
const RETRIES = 8;
/** Cards that changed so lately may not show it, if the process that changed them died. */
const RECENT_MS = 60 * 60_000;
const CATCH_UP = 20;

/** The board of a bot: cards are messages of its own, found again by the store after a restart. */
export interface SlackBoard extends Board {
  /** Draws what changed lately: the process that was to show it may have died before it could. */
  catchUp(): Promise<void>;
  /** Draws what is waiting to be drawn. */
  flush(): Promise<void>;
}

type BoardDeps = Pick<Deps, 'config' | 'store' | 'log' | 'now' | 'redact' | 'runner'>;

export function createBoard(client: WebClient, depsOf: () => BoardDeps): SlackBoard {
  const waiting = new Map<string, NodeJS.Timeout>();
  /** How often in a row a card could not be drawn. */
  const failures = new Map<string, number>();
  /** One draw of a card after the other, or an older state could overwrite a newer one. */
  const drawing = new Map<string, Promise<void>>();

  const draw = async (id: string): Promise<void> => {
    waiting.delete(id);
    const deps = depsOf();
    const spot = await deps.store.cards.get(id, KIND);
    const message = spot && (await messageFor(id, deps));
    if (!spot || !message) return;
    const drawn = hashOf(message);
    if (spot.drawn === drawn) return;
    try {
      await inWords(cardSays(id, message), deps, (payload) => send({ ...spot, drawn }, payload, deps));
    } catch (error) {
      const again = isPassing(error) && drawAgain(id);
      return deps.log.warn({ card: id, again, err: messageOf(error) }, 'A card could not be updated');
    }
    failures.delete(id);
    // Another process may have drawn a newer state while this one was on its way, and been overwritten by it.
    const now = await messageFor(id, deps);
    if (now && hashOf(now) !== drawn) later(id, PACE_MS);
  };
  const send = async (spot: Spot, payload: object, { store }: BoardDeps): Promise<void> => {
    try {
      await client.chat.update({ channel: spot.channel, ts: spot.ts, ...payload } as UpdateArguments);
      await store.cards.drew(spot);
    } catch (error) {
      if (codeOf(error) !== 'message_not_found') throw error;
      // Somebody deleted it: the state of a deployment is not theirs to hide.
      const { ts } = await client.chat.postMessage({ channel: spot.channel, ...payload } as PostArguments);
      if (ts !== undefined) await store.cards.put({ ...spot, ts, replaces: spot.ts });
    }
  };
  const drawAgain = (id: string): boolean => {
    const count = (failures.get(id) ?? 0) + 1;
    failures.set(id, count);
    if (count <= RETRIES) later(id, PACE_MS * 2 ** count);
    else failures.delete(id);
    return count <= RETRIES;
  };
  const later = (id: string, ms: number) => {
    clearTimeout(waiting.get(id));
    waiting.set(id, setTimeout(() => void drawInTurn(id), ms).unref());
  };
  const drawInTurn = (id: string): Promise<void> => {
    const next = (drawing.get(id) ?? Promise.resolve())
      .then(() => draw(id))
      .catch((error) => depsOf().log.error({ card: id, err: error }, 'A card could not be drawn'))
      .finally(() => {
        if (drawing.get(id) === next) drawing.delete(id);
      });
    drawing.set(id, next);
    return next;
  };

  return {
    changed(id, now) {
      if (now) {
        clearTimeout(waiting.get(id));
        waiting.delete(id);
        return void drawInTurn(id);
      }
      // What waits to be tried again after a failure need not wait so long.
      if (!waiting.has(id) || failures.has(id)) later(id, PACE_MS);
    },
    async post(id, place) {
      const deps = depsOf();
      const card = await readCard(id, deps);
      if (!card) throw new Error(`There is no card ${id} to post.`);
      const thread = place.thread === undefined ? {} : { thread_ts: place.thread };
      const message = cardView(card);
      const { channel, ts } = await inWords(cardSays(id, message), deps, (payload) =>
        client.chat.postMessage({ channel: place.channel, ...thread, ...payload } as PostArguments),
      ).catch((error) => {
        deps.log.warn({ card: id, err: messageOf(error) }, 'A card could not be posted');
        throw unposted(codeOf(error) ?? messageOf(error));
      });
      if (channel === undefined || ts === undefined) throw unposted('nothing');
      await deps.store.cards.put({ subject: id, kind: KIND, channel, ts, drawn: hashOf(message) });
    },
    async note(id, note) {
      const deps = depsOf();
      const spot = await deps.store.cards.get(id, KIND);
      if (!spot) return;
      await say(client, { channel: spot.channel, thread_ts: spot.ts }, note, deps);
    },
    async tell(person, note) {
      await say(client, { channel: person }, note, depsOf());
    },
    async catchUp() {
      const { store, now } = depsOf();
      const recent = { kind: KIND, since: now() - RECENT_MS, limit: CATCH_UP };
      for (const id of await store.cards.living(recent)) await drawInTurn(id);
    },
    async flush() {
      for (const id of [...waiting.keys()]) {
        clearTimeout(waiting.get(id));
        void drawInTurn(id);
      }
      await Promise.allSettled(drawing.values());
    },
  };
}

function unposted(slackSaid: string): UserError {
  return new UserError(
    'no_card',
    `The plan was made, but its card could not be posted here (Slack said ${code(slackSaid)}), so nothing was asked and nothing was changed.`,
    PLACES[slackSaid] ?? 'Ask again in a minute. If it stays so, the log of Fairlead has more.',
  );
}

const INVITE = 'Invite me to this channel, then ask again.';
/** Where a message may not go, whatever is in it. */
const PLACES: Readonly<Record<string, string>> = {
  not_in_channel: INVITE,
  channel_not_found: INVITE,
  is_archived: 'This channel is archived: ask in another one.',
  restricted_action: 'Whoever administers this workspace decides who may post here, and I may not.',
};

const hashOf = (message: Message) => createHash('sha256').update(JSON.stringify(message)).digest('hex');

async function messageFor(id: string, deps: BoardDeps): Promise<Message | undefined> {
  const card = await readCard(id, deps);
  return card && cardView(card);
}

type PostArguments = Parameters<WebClient['chat']['postMessage']>[0];
type UpdateArguments = Parameters<WebClient['chat']['update']>[0];

async function say(client: WebClient, to: { channel: string; thread_ts?: string }, note: Note, deps: BoardDeps) {
  await inWords(noteView(note), deps, (payload) =>
    client.chat.postMessage({ ...to, ...payload, unfurl_links: false } as PostArguments),
  ).catch((error) => deps.log.warn({ to: to.channel, err: messageOf(error) }, 'A note could not be posted'));
}

interface Said extends Message {
  /** What is said with `text` where Slack takes no blocks: what was not shown is found there. */
  readonly instead?: string;
}

function cardSays(id: string, message: Message): Said {
  const instead = `Slack did not take the rest of this card. \`/dock plan ${id}\` shows the plan, \`/dock abort ${id}\` stops what is under way.`;
  return { ...message, instead };
}

/** Sends a message; its words alone where Slack refuses its blocks, or an older state would stand there for good. */
async function inWords<T>(
  { instead, ...message }: Said,
  { log }: Pick<Deps, 'log'>,
  way: (payload: object) => Promise<T>,
): Promise<T> {
  const text = cutMrkdwn(message.text, MOST_TEXT);
  const { blocks, problems } = sendable(message);
  if (problems.length === 0) {
    try {
      return await way({ text, blocks });
    } catch (error) {
      if (isPassing(error) || isAboutPlace(error)) throw error;
      log.warn({ err: messageOf(error) }, 'Slack did not take a message');
    }
  } else log.error({ problems }, 'Blocks that Slack would refuse were left out');
  return way({ text, blocks: [section(cutMrkdwn(text, 2500)), ...(instead === undefined ? [] : [context(instead)])] });
}

/** Not a refusal by Slack, but no answer, or one that says it is Slack's own trouble. */
function isPassing(error: unknown): boolean {
  const said = codeOf(error);
  return said === undefined || ['internal_error', 'fatal_error', 'service_unavailable', 'ratelimited'].includes(said);
}

const isAboutPlace = (error: unknown) => Object.hasOwn(PLACES, codeOf(error) ?? '');

function codeOf(error: unknown): string | undefined {
  return (error as { data?: { error?: string } }).data?.error;
}
