import { setTimeout as sleep } from 'node:timers/promises';
import { sayDuration } from '../../commands/duration.ts';
import { EngineError } from '../engine.ts';
import type { RawContainer } from '../shapes/raw.ts';
import { knock } from './probe.ts';
import { Aborted, isAway, type Site } from './site.ts';
import type { EvidenceStrength } from './types.ts';
import type { Probe } from './wanted.ts';

export type GateOutcome =
  | { readonly passed: true; readonly strength: EvidenceStrength }
  | { readonly passed: false; readonly why: string };

export interface GateTerms {
  /** Milliseconds to become healthy. */
  readonly healthyWithin: number;
  /** Milliseconds to stay so; twice that when only "it runs" can be seen. */
  readonly stableFor: number;
  readonly probe: Probe | undefined;
  /** Ends it with `Aborted`. */
  readonly signal: AbortSignal | undefined;
}

/** A moment's delay on every rollout, and one inspection each on the engine. */
const POLL_MS = 50;
const SLOW_POLL_MS = 250;
const PROMPT_FOR_MS = 15_000;

/**
 * Watches a container until it has been healthy long enough, or is sure not to become so. The words `healthyWithin` and
 * `stableFor` are Nomad's `healthy_deadline` and `min_healthy_time`.
 */
export async function gate(site: Site, id: string, terms: GateTerms): Promise<GateOutcome> {
  const started = performance.now();
  let goodSince: number | undefined;
  let first: RawContainer | undefined;
  let said = '';
  let last = 'nothing was heard of it';
  for (;;) {
    if (terms.signal?.aborted) throw new Aborted(terms.signal);
    const now = performance.now();
    const seen = await inspect(site, id);
    if (seen === 'gone') return { passed: false, why: GONE };
    if (seen !== 'away') {
      first ??= seen;
      const broken = brokenBy(seen, first);
      if (broken !== undefined) return { passed: false, why: broken };
      const verdict = await judge(site, seen, terms.probe);
      const stable = terms.stableFor * (verdict.strength === 'only running' ? 2 : 1);
      if (!verdict.good) goodSince = undefined;
      else if (goodSince === undefined) {
        goodSince = now;
        site.up();
      }
      if (goodSince !== undefined && performance.now() - goodSince >= stable)
        return { passed: true, strength: verdict.strength };
      last = verdict.words;
      const words = goodSince === undefined ? last : `${last}; must stay so for ${sayDuration(stable)}`;
      if (words !== said) site.say(words);
      said = words;
      if (goodSince !== undefined) {
        await sleep(Math.min(POLL_MS, Math.max(1, goodSince + stable - performance.now())));
        continue;
      }
    } else last = 'the engine does not answer';
    if (now - started > terms.healthyWithin)
      return { passed: false, why: `It was not healthy within ${sayDuration(terms.healthyWithin)}: ${last}.` };
    await sleep(now - started < PROMPT_FOR_MS ? POLL_MS : SLOW_POLL_MS);
  }
}

/** Watches one that has passed for so many milliseconds more; resolves to what broke it, if something did. */
export async function watch(site: Site, id: string, ms: number): Promise<string | undefined> {
  const until = performance.now() + ms;
  const { signal } = site.run;
  let first: RawContainer | undefined;
  for (;;) {
    if (signal.aborted) throw new Aborted(signal);
    const seen = await inspect(site, id);
    if (seen === 'gone') return GONE;
    if (seen !== 'away') {
      first ??= seen;
      const broken = brokenBy(seen, first);
      if (broken !== undefined) return broken;
    }
    const left = until - performance.now();
    if (left <= 0) return undefined;
    await sleep(Math.min(SLOW_POLL_MS, left));
  }
}

/** What to try after a version that did not stay. */
export const adviceOn = (why: string, advice: string) =>
  why === GONE ? 'Find out who removed it, then deploy again.' : advice;

const GONE = 'The container is gone: somebody removed it.';

async function inspect(site: Site, id: string): Promise<RawContainer | 'gone' | 'away'> {
  try {
    return await site.engine.inspectRaw(id);
  } catch (error) {
    if (isAway(error)) return 'away';
    if (error instanceof EngineError && error.fault === 'not_found') return 'gone';
    throw error;
  }
}

function brokenBy({ State: state, RestartCount }: RawContainer, first: RawContainer): string | undefined {
  if (state.OOMKilled) return 'It ran out of memory.';
  const isRestarted = RestartCount > first.RestartCount || state.StartedAt !== first.State.StartedAt;
  if (isRestarted || state.Status === 'restarting')
    return `It crashed with exit code ${state.ExitCode} and was restarted.`;
  if (!state.Running) return `It ended with exit code ${state.ExitCode}.`;
  if (state.Paused) return 'Somebody paused it.';
  if (state.Health?.Status === 'unhealthy')
    return `Its health check failed ${state.Health.FailingStreak} times in a row.`;
  return undefined;
}

interface Judged {
  readonly good: boolean;
  readonly strength: EvidenceStrength;
  readonly words: string;
}

async function judge(site: Site, raw: RawContainer, probe: Probe | undefined): Promise<Judged> {
  const health = raw.State.Health?.Status ?? '';
  const hasCheck = health !== '' && health !== 'none';
  if (hasCheck && health !== 'healthy') {
    const failed = raw.State.Health?.Log.filter(({ ExitCode }) => ExitCode !== 0).length ?? 0;
    const words = failed > 0 ? `health check: ${health}, ${failed} failed so far` : `health check: ${health}`;
    return { good: false, strength: 'health check', words };
  }
  if (probe) {
    const answer = await knock(site.engine.reach, raw, probe);
    if (!answer.ok) return { good: false, strength: 'probe', words: answer.words };
    return { good: true, strength: hasCheck ? 'health check' : 'probe', words: answer.words };
  }
  if (hasCheck) return { good: true, strength: 'health check', words: 'healthy' };
  return { good: true, strength: 'only running', words: 'running, without a health check' };
}
