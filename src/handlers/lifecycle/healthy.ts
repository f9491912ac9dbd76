import type { Engine } from '../../docker/client/engine.ts';
import { Aborted, createPatience, type WatchContext } from '../../docker/rollout/context.ts';
import { type GateOutcome, waitForGate } from '../../docker/rollout/gate.ts';
import type { RolloutConfig } from '../../docker/rollout/wanted.ts';
import { sayDuration } from '../../domain/duration.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import type { Redact } from '../../policy/redact.ts';
import type { Came } from './types.ts';

/** What waiting for one container needs. */
export interface Gating {
  readonly engine: Engine;
  readonly host: string;
  readonly target: { readonly id: string; readonly name: string };
  /** Milliseconds to become healthy, and to stay so. */
  readonly terms: Pick<RolloutConfig, 'healthyWithin' | 'stableFor' | 'probe'>;
  readonly redact: Redact;
  readonly signal: AbortSignal;
  say(words: string): void;
}

/** How long an engine may be away while a container is waited for. */
const AWAY_MS = 60_000;

/** Waits until a container that was started is healthy, as a deploy does, and says so; else why it is not. */
export async function waitUntilHealthy(gating: Gating, past: string): Promise<Came> {
  const { engine, target, terms, signal } = gating;
  const began = performance.now();
  const context: WatchContext = {
    engine,
    retryWhileAway: createPatience(AWAY_MS, () => gating.say('waiting for the engine to respond')),
    showProgress: (words) => gating.say(words),
    markUp() {},
  };
  let outcome: GateOutcome;
  try {
    outcome = await waitForGate(context, target.id, { ...terms, probe: terms.probe, signal });
  } catch (error) {
    if (!(error instanceof Aborted)) throw error;
    return {
      verdict: 'unknown',
      said: `was ${past}; Fairlead shut down before it was seen healthy`,
      tryThis: phrase`${commandLine(`ps -a ${target.name} @${gating.host}`)} shows how it is.`,
    };
  }
  const took = sayDuration(Math.round(performance.now() - began));
  if (outcome.passed)
    return {
      verdict: 'done',
      said:
        outcome.strength === 'only running'
          ? `${past}, and has been running for ${took}`
          : `${past}, healthy after ${took}`,
    };
  return unhealthy(gating, outcome.why, past);
}

/** What a container is like that did not get healthy. */
async function unhealthy({ engine, target }: Gating, why: string, past: string): Promise<Came> {
  const { State } = await engine.inspectRaw(target.id);
  // A job that has done its work is no failure.
  if (State.Status === 'exited' && State.ExitCode === 0 && !State.OOMKilled)
    return { verdict: 'done', said: `${past}, and ended with exit code 0` };
  return { verdict: 'failed', said: `${past}, but is not healthy: ${why}` };
}
