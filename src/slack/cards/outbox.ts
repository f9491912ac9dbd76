import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../domain/errors.ts';
import { type Place, placeNamed } from '../../handlers/deploy/card/new-note.ts';
import { isOver, type Note } from '../../handlers/deploy/card/notes.ts';
import type { Deps } from '../../handlers/deps.ts';
import { OUTBOX, type PendingNote } from '../../store/outbox.ts';
import { inContext } from '../../telemetry.ts';
import { isGone, ownerName } from '../../worker/deployments/owner.ts';
import { createSilence } from '../../worker/deployments/silence.ts';
import { context, type Message } from '../block-kit/message.ts';
import { isAboutPlace, isAway } from '../block-kit/refusals.ts';
import { dayAndClock } from '../block-kit/text.ts';
import { pauseAfter } from '../client/keep-trying.ts';
import { inWords } from '../reply/in-words.ts';
import { noteView } from '../views/deploy/notes.ts';

/** How often the store is looked at, for what is due again and what other processes left. */
const LOOK_MS = 2000;
const MOST_AT_ONCE = 100;
/** So many places in a row that fail, and the rest waits for the next look. */
const MOST_FAILURES = 3;
/** What Slack refuses for its own sake is tried so often. */
const TRIES = 8;
/** A try of a process that still lives is over by then: three requests of ten seconds, and Slack's pauses. */
const TRY_MS = 120_000;
const LATE_MS = 60_000;
/** Older notes are no news to anybody. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** Says what is in the store, in the order of each place, for as long as Slack is away. */
export interface Outbox {
  /** Says what can be said now. Never rejects. */
  go(): Promise<void>;
  /** Slack is there, for the first time or again: what waits is said, from now on. */
  wake(): void;
  /** Says what can be said now, and takes up nothing more. */
  stop(): Promise<void>;
}

type OutboxDeps = Pick<Deps, 'config' | 'store' | 'log' | 'now'>;
type To = { readonly channel: string; readonly thread_ts?: string };

export function createOutbox(
  client: Pick<WebClient, 'chat'>,
  /** Where the message of a card is; undefined while that is not known. */
  spotOf: (card: string) => Promise<To | undefined>,
  depsOf: () => OutboxDeps,
): Outbox {
  const owner = ownerName();
  const silence = createSilence(() => performance.now());
  const pauses = new Map<string, { readonly failures: number; readonly until: number }>();
  let timer: NodeJS.Timeout | undefined;
  let going: Promise<void> | undefined;
  let unhear: (() => void) | undefined;
  let isAsked = false;

  const pause = (place: string, error?: unknown): void => {
    const failures = (pauses.get(place)?.failures ?? 0) + 1;
    pauses.set(place, { failures, until: performance.now() + pauseAfter(failures, error) });
  };

  const addressOf = async (place: Place): Promise<To | undefined> => {
    if ('card' in place) return spotOf(place.card);
    const { to, thread } = place;
    return { channel: to, ...(thread === undefined ? {} : { thread_ts: thread }) };
  };

  /** Tries one; false when Slack did not take it. */
  const attempt = async (waiting: PendingNote): Promise<boolean> => {
    const deps = depsOf();
    const { store, log, now } = deps;
    const { seq, place, at } = waiting;
    const drop = async (why: string) => {
      log.warn({ why }, 'A note was not said');
      await store.outbox.remove(seq, owner);
      return true;
    };
    const age = now() - at;
    if (waiting.note === undefined) return drop('Fairlead did not sign it');
    const note = waiting.note as Note;
    if (age > KEPT_MS || isOver(note, now())) return drop('It is no longer true');
    const to = await addressOf(placeNamed(place));
    if (!to) {
      pause(place);
      await store.outbox.release(seq, owner);
      return true;
    }
    const message = messageOfNote(note, age > LATE_MS ? at : undefined);
    try {
      await inWords(message, deps, (payload) => client.chat.postMessage({ ...to, ...payload, unfurl_links: false }));
    } catch (error) {
      const err = messageOf(error);
      if (isAboutPlace(error) || (!isAway(error) && waiting.attempts + 1 >= TRIES)) return drop(err);
      pause(place, error);
      log.warn({ failures: pauses.get(place)?.failures, err }, 'A note could not be posted; it waits');
      await store.outbox.release(seq, owner);
      return false;
    }
    pauses.delete(place);
    await store.outbox.remove(seq, owner);
    return true;
  };

  /** What another program wrote there may be no note. */
  const attempted = async (waiting: PendingNote): Promise<boolean> => {
    try {
      return await attempt(waiting);
    } catch (error) {
      depsOf().log.error({ err: error }, 'A note was not said');
      await depsOf().store.outbox.remove(waiting.seq, owner);
      return true;
    }
  };

  const due = async (): Promise<readonly PendingNote[]> => {
    const firsts = await depsOf().store.outbox.next(MOST_AT_ONCE);
    const silent = silence(
      firsts.map(({ seq, attempts, ...one }) => ({
        id: String(seq),
        owner: one.owner,
        attempt: attempts,
        heartbeatAt: undefined,
      })),
    );
    return firsts.filter(({ seq, place, owner: other }) => {
      if ((pauses.get(place)?.until ?? 0) > performance.now()) return false;
      const silentMs = silent.get(String(seq)) ?? 0;
      return other === undefined || other === owner || silentMs >= TRY_MS || isGone(other, silentMs);
    });
  };

  const round = async (): Promise<void> => {
    const { store, log } = depsOf();
    try {
      for (let failed = 0; ; ) {
        const all = await due();
        for (const one of all) {
          if (!(await store.outbox.claim(one, owner))) continue;
          const isSaid = await inContext({ to: one.place }, () => attempted(one));
          failed = isSaid ? 0 : failed + 1;
          if (failed >= MOST_FAILURES) return;
        }
        if (all.length === 0) return;
      }
    } catch (error) {
      log.error({ err: messageOf(error) }, 'What is to be said could not be read from the store');
    }
  };

  const go = (): Promise<void> => {
    isAsked = true;
    const rounds = async () => {
      while (isAsked) {
        isAsked = false;
        await round();
      }
    };
    // It says the notes of all, not only of the request that asks.
    going ??= inContext({}, rounds).finally(() => {
      going = undefined;
    });
    return going;
  };

  return {
    go,
    wake() {
      timer ??= setInterval(() => void go(), LOOK_MS).unref();
      unhear ??= depsOf().store.hints.hear(OUTBOX, () => void go());
      pauses.clear();
      void go();
    },
    async stop() {
      clearInterval(timer);
      unhear?.();
      if (timer !== undefined) await go();
    },
  };
}

function messageOfNote(note: Note, late: number | undefined): Message {
  const message = noteView(note);
  if (late === undefined) return message;
  return { ...message, blocks: [...message.blocks, context(`Said late: this happened ${dayAndClock(late)}.`)] };
}
