import type { Engine } from '../../docker/client/engine.ts';
import { Aborted, createPatience, type WatchContext } from '../../docker/rollout/context.ts';
import { collectEvidence, type EvidenceContext } from '../../docker/rollout/evidence.ts';
import { type GateOutcome, waitForGate } from '../../docker/rollout/gate.ts';
import type { RolloutConfig } from '../../docker/rollout/wanted.ts';
import { sayDuration } from '../../domain/duration.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { createRedactor, type Redact, secretValues } from '../../policy/redact.ts';
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

const MOST_LINES = 10;

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
      tryThis: lookAt(gating),
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
  return whyUnhealthy(gating, context, outcome.why, past);
}

async function whyUnhealthy(
  { target, terms, redact, ...gating }: Gating,
  context: WatchContext,
  why: string,
  past: string,
): Promise<Came> {
  const run: EvidenceContext['run'] = {
    redact: (text, environment) => redact(createRedactor(secretValues(environment))(text)),
    wanted: { rollout: terms },
  };
  const evidence = await collectEvidence({ ...context, run }, target.id);
  // A job that has done its work is no failure.
  if (evidence.state === 'exited' && evidence.exitCode === 0 && !evidence.outOfMemory)
    return {
      verdict: 'done',
      said: `${past}, and ended with exit code 0`,
      lines: evidence.lastLines.slice(-MOST_LINES),
    };
  const check = evidence.healthLog.at(-1);
  const said = [why, evidence.error, check === undefined ? '' : `Last health check: ${check}.`].filter(
    (text) => text !== '',
  );
  return {
    verdict: 'failed',
    said: `${past}, but is not healthy: ${said.join(' ')}`,
    tryThis: lookAt({ target, ...gating }),
    lines: evidence.lastLines.slice(-MOST_LINES),
  };
}

const lookAt = ({ target, host }: Pick<Gating, 'target' | 'host'>) =>
  phrase`${commandLine(`logs ${target.name} @${host}`)} shows more of its log.`;
