import type { DecideDeps } from '../../handlers/deciding.ts';
import type { DeliveryKey } from '../../store/deliveries.ts';

const MOST_REMEMBERED = 1000;
/** Slack waits 3 s for an acknowledgement. */
const SLACK_WAITS_MS = 2900;
/** The place of what Slack names by an id alone; no channel is called so. */
const BY_ID = 'id';

/** What Slack gives a delivery: an id, or the place of its message. */
export type DeliveryName = string | DeliveryKey | undefined;

interface Taken {
  readonly delivery: DeliveryName;
  /** What its person is told of, should this process die; see `Asked`. */
  readonly asked: object;
  /** Acknowledges it to Slack without content. Called once it is recorded; of a repeated one too. */
  ack(): Promise<void>;
  /** Whether `work` acknowledges it, with its answer. */
  readonly isAckedByWork: boolean;
  /** Whether Slack sends it again when it gets no acknowledgement. */
  readonly isSentAgain: boolean;
}

/** What is taken from Slack: each delivery once, and on record until its person is answered. */
export interface Intake {
  /** Whether something comes for the first time that nobody waits for: a home tab, a menu. */
  isFirst(id: string | undefined): Promise<boolean>;
  /**
   * Carries out `work` for a delivery that comes for the first time. It resolves to whether the person was answered. One that
   * cannot be recorded could be carried out again by another process: `work` is given the error, and only says so.
   */
  take(taken: Taken, work: (unrecorded?: { readonly error: unknown }) => Promise<boolean>): Promise<void>;
  /** Replaces what was asked, of a delivery that is under way here. Never rejects. */
  update(delivery: DeliveryName, asked: object): Promise<void>;
  /** Whether this process answers it, or has answered it: others of its own are left without an answer. */
  has(delivery: DeliveryKey): boolean;
  /** Records answers that could not be recorded at their time, and corrects what was said meanwhile. Never rejects. */
  settle(): Promise<void>;
}

const keyOf = (name: Exclude<DeliveryName, undefined>): DeliveryKey =>
  typeof name === 'string' ? { channel: BY_ID, ts: name } : { channel: name.channel, ts: name.ts };
const nameOf = ({ channel, ts }: DeliveryKey): string => `${channel} ${ts}`;

/** An answer that was given. */
interface Given {
  readonly key: DeliveryKey;
  readonly asked: object;
  /** When its request came, in Unix milliseconds. */
  readonly at: number;
}

/** Called with an answer whose person another process had told that none comes, after this one had stood still. */
export type Correct = (given: Pick<Given, 'asked' | 'at'>) => Promise<void>;

/**
 * `owner` is the name of this process on the store. A proxy may send a request again, and Slack an event. Of what nobody waits for, what cannot be recorded counts as new.
 */
export function createIntake(
  { store, log, now }: Pick<DecideDeps, 'store' | 'log' | 'now'>,
  owner: string,
  correct: Correct = async () => {},
): Intake {
  const seen = new Set<string>();
  const underWay = new Set<string>();
  /** Answered, and the store does not know it yet, or another process is telling its person that no answer comes. */
  const unsettled = new Map<string, Given>();
  const isRepeated = (key: DeliveryKey): boolean => {
    const name = nameOf(key);
    if (seen.has(name)) return true;
    seen.add(name);
    if (seen.size > MOST_REMEMBERED) seen.delete(seen.values().next().value as string);
    return false;
  };
  const unrecorded = (error: unknown): undefined => {
    log.error({ err: error }, 'A delivery could not be recorded');
  };
  const answered = async (given: Given): Promise<void> => {
    const name = nameOf(given.key);
    unsettled.set(name, given);
    try {
      const recorded = await store.deliveries.answered(given.key, owner);
      // What the other is saying is corrected once it has said it.
      if (recorded === 'being-told') return;
      if (recorded === 'told') await correct(given);
      unsettled.delete(name);
    } catch (error) {
      log.warn({ err: error }, 'An answer could not be recorded; it is tried again');
    }
  };
  return {
    async isFirst(id) {
      if (id === undefined) return true;
      const key = keyOf(id);
      if (isRepeated(key)) return false;
      return (await store.deliveries.isFirst({ ...key, at: now() }).catch(unrecorded)) ?? true;
    },
    async take({ delivery, asked, ack, isAckedByWork, isSentAgain }, work) {
      const arrived = performance.now();
      const acknowledge = () =>
        ack().catch((error: unknown) => log.warn({ err: error }, 'Slack did not take an acknowledgement'));
      if (delivery === undefined) {
        if (!isAckedByWork) await acknowledge();
        await work();
        return;
      }
      const key = keyOf(delivery);
      if (isRepeated(key)) return acknowledge();
      const name = nameOf(key);
      underWay.add(name);
      try {
        // What its work acknowledges is on disk by then with its decision, or answered by the acknowledgement itself.
        const toAnswer = { owner, asked, lasting: isAckedByWork ? ('process' as const) : ('disk' as const) };
        let failure: { readonly error: unknown } | undefined;
        const at = now();
        const isFirst = await store.deliveries.isFirst({ ...key, at }, toAnswer).catch((error: unknown) => {
          failure = { error };
          return undefined;
        });
        if (isFirst === false) return await acknowledge();
        if (failure && isSentAgain && performance.now() - arrived > SLACK_WAITS_MS) {
          seen.delete(name);
          return;
        }
        if (!isAckedByWork) await acknowledge();
        if (await work(failure)) await answered({ key, asked, at });
      } finally {
        underWay.delete(name);
      }
    },
    async update(delivery, asked) {
      if (delivery === undefined) return;
      await store.deliveries.update(keyOf(delivery), owner, asked).catch(unrecorded);
    },
    has: (key) => underWay.has(nameOf(key)) || unsettled.has(nameOf(key)),
    async settle() {
      for (const given of unsettled.values()) await answered(given);
    },
  };
}
