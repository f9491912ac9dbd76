import { Shutdown } from '../../docker/rollout/errors.ts';
import { sayDuration } from '../../domain/duration.ts';
import { approversOf } from '../../handlers/approval/approvers.ts';
import { rulesOf } from '../../handlers/approval/may-answer.ts';
import { deadlinesOf } from '../../handlers/approval/terms.ts';
import { newNote } from '../../handlers/deploy/card/new-note.ts';
import type { Note } from '../../handlers/deploy/card/notes.ts';
import type { DeployPlan } from '../../handlers/deploy/planning/types.ts';
import type { Deps } from '../../handlers/deps.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deployment } from '../../store/deployment.ts';
import { DEPLOYMENTS } from '../../store/deployments.ts';
import { createWaiter } from '../../store/hints.ts';
import type { Lease } from '../../store/lease.ts';
import type { WorkerDeps } from '../deps.ts';
import { HandedOn, type Turn } from './turn.ts';

/** Time between two looks for the approval of a wave, in milliseconds: a hint may be lost. */
const ANSWER_MS = 500;

interface Waiting {
  readonly deployment: Deployment;
  readonly approval: Approval;
  readonly plan: DeployPlan;
  readonly lease: Lease;
  readonly signal: AbortSignal;
  readonly deps: WorkerDeps;
  readonly turn: Turn;
}

export const STOPPED = 'Skipped: the deployment was aborted before it reached this host.';

/**
 * Requests approval for a wave and waits for it, at most as long as the approval rules allow, counted from the first request
 * even if another process takes over meanwhile. Resolves to undefined when approved, else to why the wave is skipped. Rejects
 * with `Shutdown` when this process stops: the next one continues to wait.
 */
export async function awaitWaveApproval(waiting: Waiting, wave: number): Promise<string | undefined> {
  const { approval, plan, lease, deps } = waiting;
  const { deployments } = deps.store;
  const { expires, remind } = deadlinesOf(rulesOf(approval, deps));
  const at = deps.now();
  const until = at + expires;
  const note = waveNote({ approval, plan }, { requestedWave: wave, waveExpiresAt: until }, deps);
  await deployments.requestWave(
    lease,
    { wave, at, until, remindEvery: remind ?? expires / 2 },
    newNote({ card: approval.id }, note, at),
  );
  deps.board.changed(approval.id, true);
  return answerToWave(waiting, wave, expires);
}

/** Waits for the answer. Times are in milliseconds. */
async function answerToWave(waiting: Waiting, wave: number, expires: number): Promise<string | undefined> {
  const { deployment, lease, signal, deps, turn } = waiting;
  const { deployments, hints } = deps.store;
  const waiter = createWaiter(hints, DEPLOYMENTS);
  try {
    while (!signal.aborted) {
      const news = await deployments.waveNews(deployment.id);
      if (!news || news.abortBy !== undefined) break;
      const isApproved = (news.approvedWave ?? 0) >= wave;
      const isOver = (news.waveExpiresAt ?? 0) <= deps.now();
      const now = isApproved || isOver ? await deployments.get(deployment.id) : undefined;
      // A forged record does not prove who approved the wave.
      if (now?.integrity === 'forged') return 'Skipped: the record of this deployment was changed outside Fairlead.';
      if (now && isApproved) return undefined;
      if (isOver && (await deployments.expireWave(lease, wave, deps.now())))
        return `Skipped: the next wave was not approved within ${sayDuration(expires)}.`;
      if (!turn.waits) throw new HandedOn();
      await waiter.wait(ANSWER_MS, signal);
    }
  } finally {
    waiter.end();
  }
  // The next process continues to wait.
  if (signal.reason instanceof Shutdown) throw signal.reason;
  return STOPPED;
}

/** The note that asks approvers for a wave: an updated card alone notifies nobody. */
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
