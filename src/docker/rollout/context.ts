import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UserError } from '../../domain/errors.ts';
import type { Phrase } from '../../domain/phrase.ts';
import type { Engine } from '../client/engine.ts';
import { EngineError } from '../client/engine-error.ts';
import type { Container } from '../client/types.ts';
import { JournalUnavailable, Shutdown } from './errors.ts';
import { LABELS, ownName, type RolloutNames, rolloutNames } from './names.ts';
import type { HostPlan, HostRun, JsonObject, Phase } from './types.ts';
import type { Blame } from './verdict.ts';

const PATIENCE_MS = 120_000;
const RETRY_MS = 200;

/** The journal rejected a phase, so another process may have the lease: nothing more is touched. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** This process may do no more here: it is ending, or another process has the lease. The next one recovers from the journal. */
export function mustAbandon(error: unknown): boolean {
  return error instanceof LeaseLost || (error instanceof UserError && error.reason === 'stopped');
}

/**
 * The same for an error during a rollback, which no person can abort: an aborted call means that the process is ending.
 */
export const isProcessEnding = (error: unknown): boolean =>
  mustAbandon(error) || (error instanceof EngineError && error.fault === 'aborted');

/** The rollout was aborted by a person, or by Fairlead's shutdown. */
export class Aborted extends Error {
  override readonly name = 'Aborted';

  constructor({ reason }: AbortSignal) {
    super(reason instanceof Shutdown ? 'Fairlead shut down during the rollout.' : 'The rollout was aborted.');
  }
}

/** A failed step, with a message and a next step for people. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly tryThis: Phrase;
  /** Undefined: decided by `cause` and the phase. */
  readonly blame: Blame | undefined;

  constructor(why: string, tryThis: Phrase, options: ErrorOptions & { readonly blame?: Blame } = {}) {
    super(why, options);
    this.tryThis = tryThis;
    this.blame = options.blame;
  }
}

/** A rollout that is running on one host. */
export interface RolloutContext {
  readonly engine: Engine;
  readonly run: HostRun;
  readonly plan: HostPlan;
  readonly names: RolloutNames;
  /** The current phase. */
  phase(): Phase;
  /** Journals a phase before it acts. Throws `Aborted` when the rollout was aborted. */
  step(phase: Phase, words: string, note?: JsonObject): Promise<void>;
  /** The same for rollbacks and for what follows a success, which cannot be aborted. */
  requiredStep(phase: Phase, words: string, note?: JsonObject): Promise<void>;
  showProgress(words: string, share?: number): void;
  /** Repeats idempotent work while the engine is unavailable, for as long as `patienceMs` lasts. */
  retryWhileAway<T>(work: () => Promise<T>): Promise<T>;
  elapsedMs(): number;
  /** Between `markDown` and `markUp` no version serves; it may have begun so many milliseconds before. */
  markDown(sinceMs?: number): void;
  markUp(): void;
  /** For how long no version served, as the engine knows of a process before this one. */
  setDownMs(ms: number): void;
  downMs(): number | undefined;
  /** The run of the old version that this rollout ends, or ended: when it had started. Undefined before its stop. */
  oldRun(): string | undefined;
  setOldRun(startedAt: string | undefined): void;
  /** Set around the stop of the old container: a stop whose answer was lost may still take effect. */
  setStopping(is: boolean): void;
  oldMayStillStop(): boolean;
}

/** What waiting for a container to be healthy needs of a rollout. */
export type WatchContext = Pick<RolloutContext, 'engine' | 'retryWhileAway' | 'showProgress' | 'markUp'>;

export function createContext(engine: Engine, run: HostRun): RolloutContext {
  const { plan, deployId, patienceMs = PATIENCE_MS } = run;
  const started = performance.now();
  let phase: Phase = 'pull';
  let downAt: number | undefined;
  let downFor: number | undefined;
  let { oldRun } = run;
  let isStopping = false;
  const requiredStep = async (next: Phase, words: string, note?: JsonObject) => {
    phase = next;
    try {
      const nothingServes = downAt !== undefined && (downFor === undefined || next === 'roll-back');
      await run.journal(next, note, nothingServes);
    } catch (error) {
      if (!(error instanceof JournalUnavailable))
        throw new LeaseLost('The journal refused the phase.', { cause: error });
      // A rollback may run unjournalled: the next process finds the old version restored.
      if (next !== 'roll-back')
        throw new StepFailed(
          `Fairlead cannot write its journal: ${messageOf(error).replace(/\.$/u, '')}.`,
          error.tryThis ?? FREE_DATABASE_DISK,
          {
            blame: 'fairlead',
          },
        );
    }
    run.report({ host: plan.host, phase, words });
  };
  return {
    engine,
    run,
    plan,
    names: rolloutNames(plan.name, deployId),
    phase: () => phase,
    requiredStep: requiredStep,
    async step(next, words, note) {
      if (run.signal.aborted) throw new Aborted(run.signal);
      await requiredStep(next, words, note);
      if (run.signal.aborted) throw new Aborted(run.signal);
    },
    showProgress: (words, share) => run.report({ host: plan.host, phase, words, detail: words, share }),
    retryWhileAway: createPatience(patienceMs, () => {
      const words = 'waiting for the engine to respond';
      run.report({ host: plan.host, phase, words, detail: words });
    }),
    elapsedMs: () => Math.round(performance.now() - started),
    markDown(sinceMs = 0) {
      downAt ??= performance.now() - sinceMs;
    },
    markUp() {
      if (downAt !== undefined) downFor ??= Math.round(performance.now() - downAt);
    },
    setDownMs(ms) {
      downFor ??= ms;
    },
    downMs: () => downFor,
    oldRun: () => oldRun,
    setOldRun(startedAt) {
      oldRun ??= startedAt;
    },
    setStopping(is) {
      isStopping = is;
    },
    oldMayStillStop: () => isStopping,
  };
}

type Retry = RolloutContext['retryWhileAway'];

/** Repeats idempotent work while an engine is unavailable, `forMs` milliseconds at most; `onWait` is called before each pause. */
export function createPatience(forMs: number, onWait: () => void): Retry {
  let until: number | undefined;
  return async (work) => {
    for (;;) {
      try {
        const done = await work();
        until = undefined;
        return done;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        // One budget for the whole outage, whatever is retried in it, so a dead host comes to an end.
        until ??= performance.now() + forMs;
        if (performance.now() > until) throw error;
        onWait();
        await sleep(RETRY_MS);
      }
    }
  };
}

const FREE_DATABASE_DISK = 'Free disk space where Fairlead keeps its database, then deploy again.';

/** Whether the engine did not answer or has no room: the call may have taken effect or not. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof EngineError)) return error instanceof UserError && error.reason === 'busy';
  return error.status === undefined && ['unreachable', 'timeout', 'busy', 'ssh', 'tls'].includes(error.fault);
}

/**
 * Whether a failed call may still take effect on the engine. An answer is final, and an engine that was not reached
 * received nothing.
 */
export function mayHaveTakenEffect(error: unknown): boolean {
  if (!(error instanceof EngineError) || error.status !== undefined) return false;
  const { code = '' } = (error.cause ?? {}) as { readonly code?: string };
  return error.fault === 'timeout' || (error.fault === 'unreachable' && !UNREACHED.test(code));
}

const UNREACHED = /^(?:ECONNREFUSED|ENOENT|EACCES|EPERM|ENOTFOUND|EAI_AGAIN|EHOST\w+|ENET\w+)$/u;

/** The containers of this rollout on its host, by id and label: names change while it runs. */
export interface RolloutContainers {
  readonly old: Container | undefined;
  readonly created: Container | undefined;
  readonly all: readonly Container[];
}

export async function findContainers(context: RolloutContext): Promise<RolloutContainers> {
  const all = await context.retryWhileAway(() => context.engine.listContainers({ all: true }));
  return {
    all,
    old: all.find(({ id }) => id === context.plan.now?.containerId),
    created: all.find(({ labels }) => labels[LABELS.deploy] === context.run.deployId),
  };
}

/** The container that has the old one's name, and is neither version of this rollout: somebody put it there. */
export function findReplacement(
  { plan }: RolloutContext,
  { all, old, created }: RolloutContainers,
): Container | undefined {
  const name = plan.now?.containerName ?? plan.name;
  return all.find((one) => one !== old && one !== created && ownName(one) === name);
}
