import type { HostPlan, Phase } from '../../docker/rollout/types.ts';
import { momentIn, msBetween } from '../../machine.ts';
import type { DeployPlan } from './planning/types.ts';

export interface Journalled {
  readonly phases: readonly Phase[];
  /** Milliseconds left of a gate that a crash interrupted. */
  readonly gateLeftMs: number | undefined;
  /** The run of the old version that was to be ended: when it had started. */
  readonly oldRun: string | undefined;
  /** Why a roll-back began, and in which phase; undefined where none did. */
  readonly rolledBackFor: { readonly why: string; readonly phase: Phase } | undefined;
}

/** What one host's entries in the journal come to. */
export function journalled(entries: readonly { readonly phase: string; readonly note: unknown }[]): Journalled {
  const { until } = (entries.findLast(({ phase }) => phase === 'gate')?.note ?? {}) as { readonly until?: unknown };
  const { oldRun } = (entries.find(({ phase }) => phase === 'stop-old')?.note ?? {}) as { readonly oldRun?: unknown };
  const { why, phase } = (entries.find((one) => one.phase === 'roll-back')?.note ?? {}) as {
    readonly why?: unknown;
    readonly phase?: unknown;
  };
  return {
    phases: entries.map(({ phase }) => phase as Phase),
    gateLeftMs: msBetween(momentIn(0), until),
    oldRun: typeof oldRun === 'string' ? oldRun : undefined,
    rolledBackFor: typeof why === 'string' && typeof phase === 'string' ? { why, phase: phase as Phase } : undefined,
  };
}

export function planFor(plan: DeployPlan, host: string): HostPlan {
  const found = plan.hosts.find((item) => item.host === host);
  if (!found) throw new Error(`The plan has no host ${host}.`);
  return found;
}
