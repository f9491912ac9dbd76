import { DeliveryFailure } from '../../changes/failure.ts';
import type { Receiver } from '../../changes/receiver.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Deps } from '../../handlers/deps.ts';
import { CHANGES, type PendingChange } from '../../store/changes.ts';
import { cutHidden } from '../../text/cut.ts';
import { isGone, ownerName } from '../deployments/owner.ts';
import { createSilence } from '../deployments/silence.ts';
import { createPauses, MOST_TRIES } from './pauses.ts';
import { type CardAddress, readEvent } from './read-event.ts';

/** How often the store is asked for events to be sent: a hint may be lost, and some are to be tried again. */
const LOOK_MS = 1000;
/** One attempt, of which the longest is three requests and a look for the card. */
const ATTEMPT_MS = 40_000;
const MOST_WHY = 500;

/** Sends change events to the receivers of the config, at least once each, and in their order at each receiver. */
export interface ChangeDelivery {
  start(): void;
  /** Sends what is due now, for a process that is not there all the time; takes up no event once `enough` fires. Never rejects. */
  sendDue(enough: AbortSignal): Promise<void>;
  /** Lets go of what is being sent, for the next process. */
  stop(): Promise<void>;
}

export interface DeliveryDeps extends Pick<Deps, 'config' | 'log' | 'now' | 'redact' | 'store'> {
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly cardAddress: CardAddress;
}

export function createChangeDelivery(deps: DeliveryDeps): ChangeDelivery {
  const { store, log, receivers } = deps;
  const owner = ownerName();
  const silence = createSilence(() => performance.now());
  const pauses = createPauses();
  const shutdown = new AbortController();
  /** Receivers that are being told of something, each of one event at a time. */
  const busy = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let unhear = () => {};
  let looking: Promise<void> | undefined;
  let isAsked = false;
  let ends = shutdown.signal;

  const attempt = async (change: PendingChange): Promise<void> => {
    const { id: event, receiver: name } = change;
    const receiver = receivers.get(name);
    try {
      if (!receiver) {
        log.warn(
          { event, receiver: name },
          'A change event is for a receiver that is not in the config; it is dropped',
        );
        return await store.changes.remove(change, owner);
      }
      const read = await readEvent(change, deps, deps.cardAddress);
      if ('why' in read) throw new DeliveryFailure(read.why, { mayRetry: false });
      await receiver.send(read, AbortSignal.any([shutdown.signal, AbortSignal.timeout(ATTEMPT_MS)]));
      await store.changes.remove(change, owner);
      log.info({ event, receiver: name, tries: change.tries + 1 }, 'A change event was delivered');
    } catch (error) {
      await failed(change, error);
    }
  };

  const failed = async (change: PendingChange, error: unknown): Promise<void> => {
    const { id: event, receiver, tries } = change;
    const why = cutHidden(messageOf(error), MOST_WHY, deps.redact);
    const { mayRetry, retryAfterMs } = error instanceof DeliveryFailure ? error : { mayRetry: true };
    if (shutdown.signal.aborted || (mayRetry && tries + 1 < MOST_TRIES)) {
      pauses.hold(receiver, retryAfterMs ?? 0);
      log.warn({ event, receiver, tries: tries + 1, why }, 'A change event was not delivered; it is tried again');
      return store.changes.release(change, owner);
    }
    log.error({ event, receiver, tries: tries + 1, why }, 'A change event was given up');
    await store.changes.fail(change, owner, { why, at: deps.now() });
  };

  const due = async (): Promise<readonly PendingChange[]> => {
    const firsts = await store.changes.next();
    const keyOf = ({ id, receiver }: PendingChange) => `${receiver} ${id}`;
    const silent = silence(
      firsts.map((one) => ({ id: keyOf(one), owner: one.owner, attempt: one.tries, heartbeatAt: undefined })),
    );
    return firsts.filter((one) => {
      if (busy.has(one.receiver) || !pauses.isOver(one)) return false;
      const silentMs = silent.get(keyOf(one)) ?? 0;
      const { owner: other } = one;
      return other === undefined || other === owner || silentMs >= ATTEMPT_MS || isGone(other, silentMs);
    });
  };

  const look = async (): Promise<void> => {
    for (const change of await due()) {
      if (ends.aborted) return;
      if (!(await store.changes.claim(change, owner))) continue;
      const sending = attempt(change)
        .catch((error) => log.error({ err: messageOf(error) }, 'The store could not be told of a change event'))
        .finally(() => {
          busy.delete(change.receiver);
          go();
        });
      busy.set(change.receiver, sending);
    }
  };

  const looks = async (): Promise<void> => {
    while (isAsked && !ends.aborted) {
      isAsked = false;
      await look();
    }
  };

  const go = (): void => {
    isAsked = true;
    looking ??= looks()
      .catch((error) => log.error({ err: messageOf(error) }, 'The store could not be asked for change events'))
      .finally(() => {
        looking = undefined;
        if (isAsked && !ends.aborted) go();
      });
  };

  return {
    start() {
      timer = setInterval(go, LOOK_MS);
      unhear = store.hints.hear(CHANGES, go);
      go();
    },
    async sendDue(enough) {
      ends = AbortSignal.any([shutdown.signal, enough]);
      go();
      // What was sent has the next looked for before it settles.
      while (looking || busy.size > 0) await Promise.allSettled([looking, ...busy.values()]);
    },
    async stop() {
      clearInterval(timer);
      unhear();
      shutdown.abort();
      await looking;
      await Promise.allSettled(busy.values());
    },
  };
}
