import { explain } from '../docker/client/cause.ts';
import type { Engine } from '../docker/client/engine.ts';
import type { EngineError } from '../docker/client/engine-error.ts';
import type { HostOutcome } from '../docker/limits/hosts.ts';
import type { Redact } from '../policy/redact.ts';
import { cut } from '../text/cut.ts';
import type { Deps } from './deps.ts';
import type { HostFailure, Request, Run, Timed } from './request.ts';

/** How a command runs on each of its hosts, and what it makes of what they gave. */
export interface OverHosts<T, Result> {
  readonly each: (engine: Engine, host: string) => Promise<T>;
  readonly resultOf: (settled: Settled<T>) => Result;
}

type Settled<T> = ReturnType<typeof settle<T>>;

/** Runs `work` on every host of a request, and makes the result of what they gave: early too, when only some are late. */
export async function overHosts<T, Result>(
  request: Request,
  deps: Pick<Deps, 'hosts' | 'redact'>,
  run: Pick<Run<never, Result>, 'signal' | 'early'>,
  { each, resultOf }: OverHosts<T, Result>,
): Promise<Result> {
  const outcomes = await deps.hosts.each(request.hosts, each, {
    signal: run.signal,
    onLate(soFar, waiting) {
      const { values, failures } = settle(inOrder(request.hosts, soFar), deps.redact);
      run.early(resultOf({ values, failures: [...failures, ...waiting.map(awaited)] }));
    },
  });
  return resultOf(settle(outcomes, deps.redact));
}

function inOrder<Outcome extends { readonly host: string }>(
  hosts: readonly string[],
  outcomes: readonly Outcome[],
): Outcome[] {
  return hosts.flatMap((host) => outcomes.filter((outcome) => outcome.host === host));
}

function awaited(host: string): HostFailure {
  const tryThis = 'This answer is completed when the host responds or times out.';
  return { host, summary: 'No response yet.', engineSaid: '', tryThis, awaited: true };
}

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
  const { fromEngine, engineSaid } = error;
  return { host, summary: redact(summary), engineSaid: cut(redact(engineSaid), 600), fromEngine, tryThis };
}

/** The closing facts of every reply over hosts. */
export function timed({ since }: Pick<Request, 'since'>, now: number, failures: readonly HostFailure[]): Timed {
  return { at: now, ms: Math.round(performance.now() - since), failures };
}
