import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../domain/errors.ts';
import { isDeploy } from '../../handlers/deploy/planning/stored-plan.ts';
import type { Board, Deps } from '../../handlers/deps.ts';
import { ASK_CARD, DEPLOY_CARD, type Card as Spot } from '../../store/cards.ts';
import { inContext } from '../../telemetry.ts';
import type { Message } from '../block-kit/message.ts';
import { codeOf, isAway } from '../block-kit/refusals.ts';
import { inWords } from '../reply/in-words.ts';
import { hashOf, metadataOf, replacedView, saidOfCard } from './card-messages.ts';
import { createPosting } from './card-posting.ts';
import { ANSWERED, AS_ASKED, isBeingAnswered, markAnswered, messageFor, placeOfNotes, spotOf } from './card-spots.ts';
import { createOutbox } from './outbox.ts';
import { createPlaces } from './places.ts';

/** Slack takes about fifty updates a minute; a card that changes more often is drawn with its newest state. */
const PACE_MS = 1500;
/** Of what Slack refuses for the card's own sake, each after twice the pause of the one before: over six minutes. */
const RETRIES = 8;
/** While Slack is away it is tried for as long as that takes, this often at least. */
const MOST_PAUSE_MS = 20_000;
/** How often cards are looked for that another process owes. */
const LOOK_MS = 20_000;
/** The message of a card can never be updated again, and its channel is there. */
const UNCHANGEABLE: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
/** Cards that changed so lately may not show it, if the process that changed them died. */
const RECENT_MS = 60 * 60_000;
const CATCH_UP = 100;

/** The board of a bot: cards are messages of its own, found again by the store after a restart. */
export interface SlackBoard extends Board {
  /** Draws and posts what processes before this one owe, now and from time to time until `flush`. */
  catchUp(): Promise<void>;
  /** Somebody clicked the message of a card: one that is not known yet is remembered, and an older copy is marked as such. */
  clicked(id: string, at: Pick<Spot, 'channel' | 'ts' | 'thread'>): Promise<void>;
  /** A message that asks for an approval was posted there. Never rejects. */
  asked(id: string, at: Pick<Spot, 'channel' | 'ts' | 'thread'>): Promise<void>;
  /**
   * The answer to a click is about to replace a message that asks: nothing is drawn there meanwhile. The result is called with
   * the answer once it is there, or with nothing where it is not; it never rejects.
   */
  replacing(at: Pick<Spot, 'channel' | 'ts'>): (answer: Message | undefined) => Promise<void>;
  /** Draws and says what is waiting, for a process that stands still until its next request. */
  settle(): Promise<void>;
  /** Draws what is waiting to be drawn, and takes up nothing more. */
  flush(): Promise<void>;
}

export type BoardDeps = Pick<Deps, 'config' | 'kinds' | 'store' | 'log' | 'now' | 'redact' | 'runner'>;

export function createBoard(client: WebClient, depsOf: () => BoardDeps): SlackBoard {
  const waiting = new Map<string, NodeJS.Timeout>();
  /** How often in a row a card could not be drawn. */
  const failures = new Map<string, number>();
  /** Cards that Slack will not have, until they change. */
  const refused = new Set<string>();
  /** One draw of a card after the other, or an older state could overwrite a newer one. */
  const drawing = new Map<string, Promise<void>>();
  const posting = createPosting(client, depsOf);
  const places = createPlaces();
  const outbox = createOutbox(client, (id) => placeOfNotes(id, depsOf()), depsOf);
  let looking: NodeJS.Timeout | undefined;

  const draw = async (id: string): Promise<void> => {
    waiting.delete(id);
    const deps = depsOf();
    const spot = await spotOf(id, deps);
    const message = spot && (await messageFor(id, deps));
    if (!spot || !message) return;
    const rendered = hashOf(message);
    if (spot.rendered === rendered || spot.rendered === ANSWERED) {
      failures.delete(id);
      if (spot.outdated) await deps.store.cards.markRendered(spot);
      return;
    }
    try {
      const isWhole = await places.update(spot, async () => {
        // An answer may have taken its place since its spot was read.
        const isAnswered = spot.kind === ASK_CARD && (await spotOf(id, deps))?.rendered === ANSWERED;
        return isAnswered || send(spot, message, deps);
      });
      if (isWhole === undefined) return later(id, PACE_MS);
      if (isWhole) failures.delete(id);
      else drawAgain(id, false);
    } catch (error) {
      await deps.store.cards.markOutdated(id, spot.kind);
      const again = drawAgain(id, isAway(error));
      return deps.log.warn({ card: id, again, err: messageOf(error) }, 'A card could not be updated');
    }
    // Another process may have drawn a newer state while this one was on its way, and been overwritten by it.
    const now = await messageFor(id, deps);
    if (!now || hashOf(now) === rendered) return;
    await deps.store.cards.markOutdated(id, spot.kind);
    later(id, PACE_MS);
  };
  /** Resolves to whether all of it was taken. */
  const send = async (spot: Spot, message: Message, deps: BoardDeps): Promise<boolean> => {
    const { store } = deps;
    const { subject: id, channel, ts, thread } = spot;
    try {
      const { isWhole } = await inWords(spot.kind === ASK_CARD ? message : saidOfCard(id, message), deps, (payload) =>
        client.chat.update({ channel, ts, ...metadataOf(id), ...payload }),
      );
      await store.cards.markRendered({ ...spot, rendered: isWhole ? hashOf(message) : undefined });
      return isWhole;
    } catch (error) {
      if (!UNCHANGEABLE.has(codeOf(error) ?? '')) throw error;
      // What was done after that is said by an answer.
      if (spot.kind === ASK_CARD) {
        await store.cards.markRendered({ ...spot, rendered: hashOf(message) });
        return true;
      }
      // Somebody deleted it, or the workspace lets nobody edit older messages: the state of a deployment must not be hidden.
      await posting.send(id, { channel, thread }, message, { replaces: ts });
      return true;
    }
  };
  /** `isAway`: nothing is wrong with the card, so it is tried until Slack is back. */
  const drawAgain = (id: string, isAway: boolean): boolean => {
    const count = (failures.get(id) ?? 0) + 1;
    failures.set(id, count);
    if (isAway || count <= RETRIES) {
      later(id, isAway ? Math.min(MOST_PAUSE_MS, PACE_MS * 2 ** Math.min(count, 10)) : PACE_MS * 2 ** count);
      return true;
    }
    failures.delete(id);
    refused.add(id);
    return false;
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
  const changed = (id: string, now?: boolean): void => {
    refused.delete(id);
    if (now) {
      clearTimeout(waiting.get(id));
      waiting.delete(id);
      return void drawInTurn(id);
    }
    // What waits to be tried again after a failure need not wait so long.
    if (!waiting.has(id) || failures.has(id)) later(id, PACE_MS);
  };
  const drawWaiting = (): void => {
    for (const id of [...waiting.keys()]) {
      clearTimeout(waiting.get(id));
      void drawInTurn(id);
    }
  };
  /** What others owe; what this process tries already waits for its turn. */
  const drawOwed = (id: string) => inContext({ card: id }, () => drawInTurn(id));
  const settleOwed = async (): Promise<void> => {
    for (const id of await posting.postLeftBehind()) await drawOwed(id);
    const { cards } = depsOf().store;
    const owed = [...(await cards.outdated(DEPLOY_CARD)), ...(await cards.outdated(ASK_CARD))];
    for (const id of owed)
      if (!waiting.has(id) && !refused.has(id) && !(await isBeingAnswered(id, depsOf()))) await drawOwed(id);
  };

  return {
    changed,
    post: (id, place) => posting.post(id, place),
    async catchUp() {
      outbox.wake();
      const { store, now, log } = depsOf();
      looking ??= setInterval(() => {
        settleOwed().catch((error) => log.error({ err: messageOf(error) }, 'The cards could not be looked through'));
      }, LOOK_MS).unref();
      await settleOwed();
      const recent = { kind: DEPLOY_CARD, since: now() - RECENT_MS, limit: CATCH_UP };
      for (const id of await store.cards.active(recent)) await drawOwed(id);
      // The config may name other approvers than when they were asked.
      for (const { id } of await store.approvals.pending({ now: now() }))
        if (!(await isBeingAnswered(id, depsOf()))) await drawOwed(id);
    },
    async clicked(id, at) {
      const { store, log } = depsOf();
      const approval = await store.approvals.get(id);
      if (approval?.channel !== at.channel) return;
      const known = await spotOf(id, depsOf());
      if (known?.ts === at.ts) return;
      // One that asks is drawn when its request is closed; an open one shows what it should.
      const shown = isDeploy(approval) ? { kind: DEPLOY_CARD } : { kind: ASK_CARD, rendered: AS_ASKED };
      if (!known && (await store.cards.put({ subject: id, ...shown, ...at }))) {
        log.warn({ card: id }, 'A card was found by a click');
        // A click that answers an open request replaces its message.
        if (isDeploy(approval) || approval.state !== 'pending') changed(id, true);
        return;
      }
      // The process that posted it may have stored it in the meantime.
      if (!known && (await spotOf(id, depsOf()))?.ts === at.ts) return;
      await client.chat
        .update({ channel: at.channel, ts: at.ts, ...replacedView() })
        .catch((error) => log.warn({ card: id, err: messageOf(error) }, 'An older copy of a card could not be marked'));
    },
    async asked(id, at) {
      const { store, log } = depsOf();
      try {
        const isNew = await store.cards.put({ subject: id, kind: ASK_CARD, ...at, rendered: AS_ASKED });
        // It may have been answered elsewhere, or have expired, before Slack took the message.
        if (isNew && (await store.approvals.get(id))?.state !== 'pending') changed(id, true);
      } catch (error) {
        log.error({ card: id, err: messageOf(error) }, 'Where a request was asked is not stored');
      }
    },
    replacing(at) {
      const taken = places.take(at);
      return async (answer) => {
        const deps = depsOf();
        try {
          if (!answer) return;
          if (await taken.older()) await inWords(answer, deps, (payload) => client.chat.update({ ...at, ...payload }));
          await markAnswered(at, deps);
        } catch (error) {
          deps.log.error({ err: messageOf(error) }, 'That a message shows an answer is not stored');
        } finally {
          taken.release();
        }
      };
    },
    async settle() {
      const said = outbox.go();
      drawWaiting();
      await Promise.allSettled([said, ...drawing.values()]);
    },
    async flush() {
      const said = outbox.stop();
      clearInterval(looking);
      drawWaiting();
      await Promise.allSettled([said, ...drawing.values()]);
    },
  };
}
