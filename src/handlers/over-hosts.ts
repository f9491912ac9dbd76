import { explain } from '../docker/cause.ts';
import type { EngineError } from '../docker/engine.ts';
import type { HostOutcome } from '../docker/hosts.ts';
import type { Redact } from '../policy/redact.ts';
import type { HostFailure, Timed } from './types.ts';

/** Parts what hosts gave from what they did not give, in words. */
export function settle<T>(
  outcomes: readonly HostOutcome<T>[],
  redact: Redact,
  reference?: string,
): {
  readonly values: { readonly host: string; readonly value: T; readonly ms: number }[];
  readonly failures: HostFailure[];
} {
  const values: { host: string; value: T; ms: number }[] = [];
  const failures: HostFailure[] = [];
  for (const outcome of outcomes) {
    if (outcome.ok) values.push({ host: outcome.host, value: outcome.value, ms: outcome.ms });
    else failures.push(failureOf(outcome.host, outcome.error, redact, reference));
  }
  return { values, failures };
}

export function failureOf(host: string, error: EngineError, redact: Redact, reference?: string): HostFailure {
  const { summary, tryThis } = explain(error, reference === undefined ? { host } : { host, reference });
  return { host, summary: redact(summary), engineSaid: redact(error.engineSaid).slice(0, 600), tryThis };
}

/** The closing facts of every reply over hosts. */
export function timed(startedAt: number, now: number, failures: readonly HostFailure[]): Timed {
  return { at: now, ms: now - startedAt, failures };
}
