import { setTimeout as sleep } from 'node:timers/promises';
import { sayDuration } from '../../domain/duration.ts';
import { EngineError } from '../client/engine-error.ts';
import type { RawContainer } from '../shapes/raw.ts';
import { Aborted, type WatchContext } from './context.ts';
import { probeContainer } from './probe.ts';
import { type ContainerRun, findRunFailure, GONE, type RunFailure, runOf } from './run-failure.ts';
import type { EvidenceStrength } from './verdict.ts';
import type { Probe } from './wanted.ts';

export type GateOutcome =
  /** `run`: the run that passed; a later run is another one. */
  | { readonly passed: true; readonly strength: EvidenceStrength; readonly run: ContainerRun }
  | ({ readonly passed: false } & RunFailure);

export interface GateOptions {
  /** Milliseconds to become healthy, not counting time in which the engine is unavailable. */
  readonly healthyWithin: number;
  /** Milliseconds to stay healthy; twice as long when there is neither health check nor probe. */
  readonly stableFor: number;
  readonly probe: Probe | undefined;
  /** Rejects with `Aborted`. */
  readonly signal: AbortSignal | undefined;
  /** The run that passed before; by default the first one seen. */
  readonly run?: ContainerRun | undefined;
}

/** Poll interval: the delay it adds to each rollout, at the cost of one inspection each. */
const POLL_MS = 50;
/** Gates of this process together inspect at most 250 containers a second: more would only wait for each other. */
const EACH_GATE_MS = 4;
/** Gates that are open now, in this process. */
let openGates = 0;
const pollMs = () => Math.max(POLL_MS, openGates * EACH_GATE_MS);

const SLOW_POLL_MS = 250;
const PROMPT_FOR_MS = 15_000;

/**
 * Waits until a container has been healthy for long enough, or cannot become so. `healthyWithin` and `stableFor` are
 * Nomad's `healthy_deadline` and `min_healthy_time`. Rejects with the engine's error when the engine stays unavailable.
 */
export async function waitForGate(context: WatchContext, id: string, terms: GateOptions): Promise<GateOutcome> {
  openGates += 1;
  try {
    return await pollGate(context, id, terms);
  } finally {
    openGates -= 1;
  }
}

async function pollGate(context: WatchContext, id: string, terms: GateOptions): Promise<GateOutcome> {
  const started = performance.now();
  let awayMs = 0;
  let goodSince: number | undefined;
  let { run } = terms;
  let said = '';
  for (;;) {
    const look = await inspectWhileAway(context, id, terms.signal);
    awayMs += look.awayMs;
    const { seen } = look;
    if (seen === 'gone') return { passed: false, ...GONE };
    run ??= runOf(seen);
    const broken = await findRunFailure(context, seen, run, look.awayMs > 0);
    if (broken) return { passed: false, ...broken };
    // The container was not observed meanwhile.
    if (look.awayMs > 0) goodSince = undefined;
    const now = performance.now();
    const verdict = await judgeState(context, seen, terms.probe);
    const stable = terms.stableFor * (verdict.strength === 'only running' ? 2 : 1);
    if (!verdict.good) goodSince = undefined;
    else if (goodSince === undefined) {
      goodSince = now;
      context.markUp();
    }
    if (goodSince !== undefined && performance.now() - goodSince >= stable)
      return { passed: true, strength: verdict.strength, run };
    const words = goodSince === undefined ? verdict.words : `${verdict.words}, must stay so for ${sayDuration(stable)}`;
    if (words !== said) context.showProgress(words);
    said = words;
    if (goodSince !== undefined) {
      await sleep(Math.min(pollMs(), Math.max(1, goodSince + stable - performance.now())));
      continue;
    }
    const waited = now - started - awayMs;
    if (waited > terms.healthyWithin)
      return {
        passed: false,
        why: `Not healthy within ${sayDuration(terms.healthyWithin)}: ${verdict.words}.`,
        blame: 'unhealthy',
      };
    await sleep(waited < PROMPT_FOR_MS ? pollMs() : Math.max(SLOW_POLL_MS, pollMs()));
  }
}

/**
 * Watches a container that passed for `ms` more milliseconds, not counting time in which the engine is unavailable.
 * Resolves to its failure, if any. With `signal` it can be aborted and rejects with `Aborted`.
 */
export async function watchRun(
  context: WatchContext,
  id: string,
  run: ContainerRun,
  { ms, signal }: { readonly ms: number; readonly signal?: AbortSignal | undefined },
): Promise<RunFailure | undefined> {
  let until = performance.now() + ms;
  for (;;) {
    const { seen, awayMs } = await inspectWhileAway(context, id, signal);
    if (seen === 'gone') return GONE;
    const broken = await findRunFailure(context, seen, run, awayMs > 0);
    if (broken) return broken;
    until += awayMs;
    const left = until - performance.now();
    if (left <= 0) return undefined;
    await sleep(Math.min(SLOW_POLL_MS, left));
  }
}

/** The next step after a failure; what a person did to the container needs another one than `advice`. */
export function adviceFor({ why, blame }: RunFailure, advice: string): string {
  if (why === GONE.why) return 'Find out who removed the container, then deploy again.';
  return blame === 'person' ? 'Find out who changed the container by hand, then deploy again.' : advice;
}

/** Inspects a container, waiting for an engine that is unavailable; `awayMs` says for how long. */
async function inspectWhileAway(
  context: WatchContext,
  id: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly seen: RawContainer | 'gone'; readonly awayMs: number }> {
  const began = performance.now();
  let tries = 0;
  const look = async () => {
    if (signal?.aborted) throw new Aborted(signal);
    tries += 1;
    return context.engine.inspectRaw(id);
  };
  const seen = await context.retryWhileAway(look).catch((error: unknown) => {
    if (error instanceof EngineError && error.fault === 'not_found') return 'gone' as const;
    throw error;
  });
  return { seen, awayMs: tries > 1 ? performance.now() - began : 0 };
}

interface Judged {
  readonly good: boolean;
  readonly strength: EvidenceStrength;
  readonly words: string;
}

async function judgeState(context: WatchContext, raw: RawContainer, probe: Probe | undefined): Promise<Judged> {
  const health = raw.State.Health?.Status ?? '';
  const hasCheck = health !== '' && health !== 'none';
  if (hasCheck && health !== 'healthy') {
    const failed = raw.State.Health?.Log.filter(({ ExitCode }) => ExitCode !== 0).length ?? 0;
    const words = failed > 0 ? `health check ${health}, ${failed} failed so far` : `health check ${health}`;
    return { good: false, strength: 'health check', words };
  }
  if (probe) {
    const answer = await probeContainer(context.engine.reach, raw, probe);
    if (!answer.ok) return { good: false, strength: 'probe', words: answer.words };
    return { good: true, strength: hasCheck ? 'health check' : 'probe', words: answer.words };
  }
  if (hasCheck) return { good: true, strength: 'health check', words: 'healthy' };
  return { good: true, strength: 'only running', words: 'running, no health check' };
}
