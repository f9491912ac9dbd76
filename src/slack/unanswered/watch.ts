import { messageOf } from '../../domain/errors.ts';
import type { Unanswered } from '../../store/deliveries.ts';
import { isGone } from '../../worker/deployments/owner.ts';
import { createSilence } from '../../worker/deployments/silence.ts';
import { ALIVE_MS } from '../../worker/replicas.ts';
import type { SlackApi } from '../client/client.ts';
import { pauseAfter } from '../client/keep-trying.ts';
import type { Intake } from '../listeners/intake.ts';
import { type TellingDeps, tellUnanswered } from './tell.ts';

const LOOK_MS = 2000;
/** Slack shows "Working on it" by then, if it was acknowledged with that. */
const ACKNOWLEDGED_MS = 4000;
/** So many fail in a row, and the rest waits for a later look. */
const MOST_FAILURES = 3;

export interface WatchParts {
  /** The name of this process on the store. */
  readonly self: string;
  readonly intake: Pick<Intake, 'has' | 'settle'>;
  readonly api: Pick<SlackApi, 'client'>;
  readonly deps: TellingDeps;
}

/** Tells people of requests that a process took and will not answer any more, each by one process on the store. */
export interface UnansweredWatch {
  /** Looks from then on: Slack is there. Safe to call again. */
  start(): void;
  /** Looks no more; resolves when nobody is being told. */
  stop(): Promise<void>;
}

export function createUnansweredWatch({ self, intake, api, deps }: WatchParts): UnansweredWatch {
  const { store, log } = deps;
  const silence = createSilence(() => performance.now());
  /** Told, and the store does not know it yet. */
  const told = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let failures = 0;
  let pausedUntil = 0;

  /** Those whose process has ended, and those of this process that it has left without an answer. */
  const left = async (): Promise<readonly Unanswered[]> => {
    const all = await store.deliveries.unanswered();
    if (all.length === 0) return [];
    const beats = new Map((await store.replicas.list()).map(({ id, beat }) => [id, beat]));
    const owners = [...new Set(all.map(({ owner }) => owner))];
    const silent = silence(
      owners.map((id) => ({ id, owner: id, attempt: beats.get(id) ?? 0, heartbeatAt: undefined })),
    );
    return all.filter((one) => {
      if (one.owner === self) return !intake.has(one);
      if (one.ageMs < ACKNOWLEDGED_MS) return false;
      const silentMs = silent.get(one.owner) ?? 0;
      return silentMs >= ALIVE_MS || isGone(one.owner, silentMs);
    });
  };

  /** False where it has to be tried again. */
  const ended = async (one: Unanswered): Promise<boolean> => {
    const name = `${one.channel} ${one.ts}`;
    try {
      // Of its own, too: what was under way when the list was read may have been answered by now.
      if (!(await store.deliveries.claim(one, self))) return true;
      if (!told.has(name)) await tellUnanswered(one, api, deps);
      told.add(name);
      await store.deliveries.told(one, self);
      told.delete(name);
      return true;
    } catch (error) {
      log.warn(
        { err: messageOf(error) },
        'A person could not be told of a request without an answer; it is tried again',
      );
      return false;
    }
  };

  const look = async (): Promise<void> => {
    await intake.settle();
    if (performance.now() < pausedUntil) return;
    try {
      let failed = 0;
      for (const one of await left()) if (failed < MOST_FAILURES && !(await ended(one))) failed += 1;
      failures = failed === 0 ? 0 : failures + 1;
    } catch (error) {
      failures += 1;
      log.warn({ err: messageOf(error) }, 'Requests without an answer could not be looked for');
    }
    if (failures > 0) pausedUntil = performance.now() + pauseAfter(failures);
  };

  return {
    start() {
      const go = () => {
        looking ??= look().finally(() => {
          looking = undefined;
        });
      };
      timer ??= setInterval(go, LOOK_MS).unref();
      go();
    },
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
