import type { WebClient } from '@slack/web-api';
import { code, messageOf, UserError } from '../errors.ts';
import { readCard } from '../handlers/deploy/card.ts';
import type { Note } from '../handlers/deploy/notes.ts';
import type { Board, Deps } from '../handlers/types.ts';
import type { Message } from './blocks.ts';
import { sendable } from './limits.ts';
import { clip } from './text.ts';
import { cardView } from './views/card.ts';
import { noteView } from './views/notes.ts';

/** Slack takes about fifty updates a minute; a card that changes more often is drawn with its newest state. */
const PACE_MS = 1500;
/** `chat.update` refuses longer text. */
const MOST_TEXT = 3900;
const KIND = 'deploy';

/** The board of a bot: cards are messages of its own, found again by the store after a restart. */
export interface SlackBoard extends Board {
  /** Draws what is waiting to be drawn. */
  flush(): Promise<void>;
}

type BoardDeps = Pick<Deps, 'config' | 'store' | 'log' | 'now' | 'redact' | 'runner'>;

export function createBoard(client: WebClient, depsOf: () => BoardDeps): SlackBoard {
  const waiting = new Map<string, NodeJS.Timeout>();
  const drawn = new Map<string, string>();
  /** One draw of a card after the other, or an older state could overwrite a newer one. */
  const drawing = new Map<string, Promise<void>>();

  const draw = async (id: string): Promise<void> => {
    waiting.delete(id);
    const deps = depsOf();
    const spot = await deps.store.cards.get(id, KIND);
    if (!spot) return;
    const card = await readCard(id, deps);
    if (!card) return;
    const message = cardView(card);
    const text = JSON.stringify(message);
    if (drawn.get(id) === text) return;
    drawn.set(id, text);
    if (drawn.size > 500) drawn.delete(drawn.keys().next().value as string);
    const payload = shape(message, deps);
    try {
      await client.chat.update({ channel: spot.channel, ts: spot.ts, ...payload } as UpdateArguments);
    } catch (error) {
      drawn.delete(id);
      if (codeOf(error) === 'message_not_found') return void (await repost(id, spot, payload, deps));
      deps.log.warn({ card: id, err: messageOf(error) }, 'A card could not be updated');
    }
  };
  // Somebody deleted it: the state of a deployment is not theirs to hide.
  const repost = async (id: string, spot: { channel: string; ts: string }, payload: object, deps: BoardDeps) => {
    const { ts } = await client.chat.postMessage({ channel: spot.channel, ...payload } as PostArguments);
    if (ts !== undefined)
      await deps.store.cards.put({ subject: id, kind: KIND, channel: spot.channel, ts, replaces: spot.ts });
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
      if (!waiting.has(id)) waiting.set(id, setTimeout(() => void drawInTurn(id), PACE_MS).unref());
    },
    async post(id, place) {
      const deps = depsOf();
      const card = await readCard(id, deps);
      if (!card) throw new Error(`There is no card ${id} to post.`);
      const thread = place.thread === undefined ? {} : { thread_ts: place.thread };
      const body = { channel: place.channel, ...thread, ...shape(cardView(card), deps) };
      const { channel, ts } = await client.chat.postMessage(body as PostArguments).catch((error) => {
        deps.log.warn({ card: id, err: messageOf(error) }, 'A card could not be posted');
        throw unposted(codeOf(error) ?? messageOf(error));
      });
      if (channel === undefined || ts === undefined) throw unposted('nothing');
      await deps.store.cards.put({ subject: id, kind: KIND, channel, ts });
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
    'Invite me to this channel, then ask again.',
  );
}

type PostArguments = Parameters<WebClient['chat']['postMessage']>[0];
type UpdateArguments = Parameters<WebClient['chat']['update']>[0];

async function say(client: WebClient, to: { channel: string; thread_ts?: string }, note: Note, deps: BoardDeps) {
  const payload = shape(noteView(note), deps);
  await client.chat
    .postMessage({ ...to, ...payload, unfurl_links: false } as PostArguments)
    .catch((error) => deps.log.warn({ to: to.channel, err: messageOf(error) }, 'A note could not be posted'));
}

function shape(message: Message, deps: Pick<Deps, 'log'>): object {
  const { blocks, problems } = sendable(message);
  if (problems.length > 0) deps.log.error({ problems }, 'Blocks that Slack would refuse were left out');
  return { text: clip(message.text, MOST_TEXT), ...(blocks.length > 0 ? { blocks } : {}) };
}

function codeOf(error: unknown): string | undefined {
  return (error as { data?: { error?: string } }).data?.error;
}
