import { collectFacts } from '../diagnosis/collect.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { RolloutContext } from './context.ts';
import { unlessGone } from './survey.ts';
import type { Evidence } from './verdict.ts';

const LINES = 20;
const CHECKS = 3;
const CAUSES = 3;
const READ_MS = 3000;

/** What is known of a container beside what its engine says of it. */
export interface EvidenceOf {
  readonly id: string;
  /** The name under which it stays; undefined for its own. */
  readonly keptAs?: string | undefined;
  /** The engine's refusal to start it, which the container itself may not show. */
  readonly refusal?: string | undefined;
}

/**
 * Collects state, health checks, last log lines and their likeliest causes of a version that failed, before it is
 * stopped and logs its shutdown. Resolves to nothing for a container that was removed meanwhile.
 */
export async function collectEvidence(
  { engine, run, plan, retryWhileAway }: RolloutContext,
  { id, keptAs, refusal = '' }: EvidenceOf,
): Promise<Evidence | undefined> {
  const raw = await retryWhileAway(() => unlessGone(engine.inspectRaw(id)));
  if (!raw) return undefined;
  const redact = (text: string, environment: readonly string[]) => run.redact(text, environment);
  const seen = await collectFacts({ engine, host: plan.host, id, raw, redact, withinMs: READ_MS });
  const facts = { ...seen, name: keptAs ?? seen.name };
  const isGone = (await retryWhileAway(() => unlessGone(engine.inspectRaw(id)))) === undefined;
  const { state, health, lines = [], restarts } = facts;
  const error = state.error === '' ? refusal : state.error;
  return {
    state: isGone ? 'removed by someone' : raw.State.Status,
    exitCode: exitCodeOf(raw),
    outOfMemory: state.outOfMemory,
    restartCount: restarts,
    error: state.error,
    healthLog: (health?.checks ?? [])
      .slice(-CHECKS)
      .map(({ exitCode, output }) => `exit ${exitCode}: ${output || 'no output'}`),
    lastLines: lines.slice(-LINES),
    strength: health ? 'health check' : run.wanted.rollout.probe ? 'probe' : 'only running',
    // A removal that was under way has ended since, so it is not one that hangs.
    causes: diagnose({ ...facts, state: { ...state, error, ...(isGone ? { status: 'exited' } : {}) } }).causes.slice(
      0,
      CAUSES,
    ),
  };
}

// Engines report 0 for a container that runs or never ran.
function exitCodeOf({ State: state }: RawContainer): number | undefined {
  if (state.Running && state.Status !== 'restarting') return undefined;
  return state.ExitCode === 0 && !(Date.parse(state.StartedAt) > 0) ? undefined : state.ExitCode;
}
