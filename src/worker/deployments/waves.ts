import { setTimeout as later } from 'node:timers/promises';
import { Shutdown } from '../../docker/rollout/errors.ts';
import { sayDuration } from '../../domain/duration.ts';
import { approversOf } from '../../handlers/approval/approvers.ts';
import { rulesOf } from '../../handlers/approval/may-answer.ts';
import { termsOf } from '../../handlers/approval/terms.ts';
import type { Note } from '../../handlers/deploy/card/notes.ts';
import type { DeployPlan } from '../../handlers/deploy/planning/types.ts';
import type { Deps } from '../../handlers/deps.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deployment } from '../../store/deployment.ts';
import type { Lease } from '../../store/lease.ts';
import type { WorkerDeps } from '../deps.ts';

/** How often a deployment that waits between waves looks for the answer. */
const ANSWER_MS = 500;

interface Waiting {
  readonly deployment: Deployment;
  readonly approval: Approval;
  readonly plan: DeployPlan;
  readonly lease: Lease;
  readonly signal: AbortSignal;
  readonly deps: WorkerDeps;
}

export const STOPPED = 'Skipped: the deployment was aborted before it reached this host.';

/**
 * Asks whether a wave may begin, for as long as the rules give a question. Undefined when somebody lets it, else why not. The
 * time is counted from the first asking, whoever carries the deployment out by then. Rejects with `Shutdown`: then there is
 * no verdict yet.
 */
export async function whyNotOn(waiting: Waiting, wave: number): Promise<string | undefined> {
  const { deployment, approval, plan, lease, signal, deps } = waiting;
  const { deployments } = deps.store;
  const { expires, remind } = termsOf(rulesOf(approval, deps));
  const at = deps.now();
  const asked = await deployments.requestWave(lease, {
    wave,
    at,
    until: at + expires,
    remindEvery: remind ?? expires / 2,
  });
  deps.board.changed(approval.id, true);
  if (asked)
    await deps.board.note(
      approval.id,
      waveNote({ approval, plan }, { requestedWave: wave, waveExpiresAt: at + expires }, deps),
    );
  while (!signal.aborted) {
    const now = await deployments.get(deployment.id);
    if (!now || now.abortBy !== undefined) break;
    // Who let it go on is not known then, if anybody did.
    if (now.integrity === 'forged') return 'Skipped: the record of this deployment was changed outside Fairlead.';
    if ((now.approvedWave ?? 0) >= wave) return undefined;
    if ((now.waveExpiresAt ?? 0) <= deps.now() && (await deployments.expireWave(lease, wave, deps.now())))
      return `Skipped: the next wave was not approved within ${sayDuration(expires)}.`;
    await later(ANSWER_MS, undefined, { signal }).catch(() => undefined);
  }
  // Whoever has it next goes on waiting.
  if (signal.reason instanceof Shutdown) throw signal.reason;
  return STOPPED;
}

/** Tells those who may let it go on, since a card that is only changed tells nobody. */
export function waveNote(
  { approval, plan }: { readonly approval: Approval; readonly plan: DeployPlan },
  { requestedWave = 0, waveExpiresAt = 0 }: Pick<Deployment, 'requestedWave' | 'waveExpiresAt'>,
  deps: Pick<Deps, 'config'>,
  again = false,
): Note {
  const groups = rulesOf(approval, deps).flatMap(({ rule }) => rule.from);
  return {
    kind: 'wave',
    what: `${plan.service} ${plan.image.tag ?? plan.image.digest.slice(7, 19)}`,
    done: plan.waves.slice(0, requestedWave).flat(),
    next: plan.waves[requestedWave] ?? [],
    requestedBy: approval.requestedBy,
    approvers: approversOf([...new Set(groups)], deps.config),
    expiresAt: waveExpiresAt,
    again,
  };
}
