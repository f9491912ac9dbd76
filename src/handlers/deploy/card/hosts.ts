import type { HostProgress, Phase } from '../../../docker/rollout/types.ts';
import { type Moment, msBetween } from '../../../machine.ts';
import type { Deployment, HostOutcome, JournalEntry } from '../../../store/deployment.ts';
import { planFor } from '../journal.ts';
import type { CardVerdict, DeployPlan } from '../planning/types.ts';
import { isGood } from '../verdict.ts';

/** A phase that has ended, and how long it took in milliseconds. */
export interface CardStep {
  readonly phase: Phase;
  readonly ms: number;
}

export interface CardHost {
  readonly host: string;
  /** The current phase, or the last one; undefined on a host that was not started. */
  readonly phase: Phase | undefined;
  /** Start of the phase, in Unix milliseconds. */
  readonly since: number | undefined;
  /** Detail of the phase, such as the state of a health check or a download; undefined where there is none. */
  readonly detail: string | undefined;
  /** Reason of a rollback in progress. */
  readonly cause: string | undefined;
  readonly steps: readonly CardStep[];
  readonly verdict: CardVerdict | undefined;
  /** Effect of an abort on this host now; undefined where it would change nothing. */
  readonly onAbort: 'restore' | 'leave' | undefined;
}

/** A deployment's records, and its progress in this process. */
export interface Known {
  readonly journal: readonly JournalEntry[];
  readonly outcomes: readonly HostOutcome[];
  readonly progress: ReadonlyMap<string, HostProgress>;
}

/** The hosts of a deployment in the order of its waves, from its journal and this process's progress. */
export function cardHosts(
  deployment: Pick<Deployment, 'attempt' | 'requestedWave' | 'verdict'>,
  plan: DeployPlan,
  { journal, outcomes, progress }: Known,
): CardHost[] {
  const entries = Map.groupBy(journal, ({ host }) => host);
  const isOpen = deployment.verdict === undefined;
  const isGoingOn = (outcome: HostOutcome) => isOpen && isResumed(outcome, entries.get(outcome.host));
  const ended = new Map(outcomes.filter((one) => !isGoingOn(one)).map((outcome) => [outcome.host, outcome]));
  const hosts = plan.waves
    .flat()
    .map((host) => hostOf(host, entries.get(host) ?? [], ended.get(host), progress.get(host)));
  // The next wave starts neither after a failure nor, without approval, after a restart of the process.
  const isCutShort =
    hosts.some(({ verdict, phase }) => (verdict ? !isGood(verdict) : phase === 'roll-back')) ||
    (deployment.attempt > 1 && deployment.requestedWave === undefined);
  if (!isOpen) return hosts;
  return hosts.map((host) => ({ ...host, onAbort: onAbort(host, plan, isCutShort) }));
}

/** Whether a roll-back that was given up goes on: its verdict is outdated. */
const isResumed = ({ detail, at }: HostOutcome, entries: readonly JournalEntry[] = []): boolean =>
  (detail as CardVerdict).isUnrestored === true && (entries.at(-1)?.at ?? 0) > at;

/** The phases that have ended; `endedAt` and `ended`: the end of the last one. */
function stepsOf(entries: readonly JournalEntry[], endedAt: number | undefined, ended: Moment | undefined): CardStep[] {
  return entries.flatMap(({ phase, at, note }, index) => {
    const next = entries[index + 1];
    const end = next?.at ?? endedAt;
    if (end === undefined) return [];
    const ms = msBetween(begunOf(note), next ? begunOf(next.note) : ended);
    // Across machines, and for old records, only the wall clock is known.
    return [{ phase: phase as Phase, ms: ms ?? Math.max(0, end - at) }];
  });
}

const begunOf = (note: unknown) => (note as { readonly begun?: unknown } | null)?.begun;

function hostOf(
  host: string,
  entries: readonly JournalEntry[],
  outcome: HostOutcome | undefined,
  progress: HostProgress | undefined,
): CardHost {
  const last = entries.at(-1);
  const { why } = (last?.note ?? {}) as { readonly why?: unknown };
  const verdict = outcome?.detail as CardVerdict | undefined;
  return {
    host,
    phase: last?.phase as Phase | undefined,
    since: last?.at,
    detail: progress?.phase === last?.phase ? progress?.detail : undefined,
    cause: last?.phase === 'roll-back' && typeof why === 'string' ? why : undefined,
    steps: stepsOf(entries, outcome?.at, verdict?.ended),
    verdict,
    onAbort: undefined,
  };
}

function onAbort({ host, phase, verdict }: CardHost, plan: DeployPlan, isCutShort: boolean): CardHost['onAbort'] {
  if (verdict) return undefined;
  if (phase === undefined) return isCutShort ? undefined : 'leave';
  const settled = SETTLED[planFor(plan, host).strategy];
  return settled.includes(phase) ? undefined : 'restore';
}

const AFTER_PASSING: readonly Phase[] = ['promote', 'retain', 'roll-back'];
/** Phases that an abort does not interrupt any more, by strategy. */
const SETTLED: Readonly<Record<DeployPlan['hosts'][number]['strategy'], readonly Phase[]>> = {
  create: AFTER_PASSING,
  'stop-first': AFTER_PASSING,
  'start-first': ['stop-old', 'rename-old', 'retain', 'roll-back'],
  swarm: ['roll-back'],
};
