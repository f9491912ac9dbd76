import { Shutdown } from '../../docker/rollout/errors.ts';
import type { HostProgress } from '../../docker/rollout/types.ts';
import { messageOf, UserError } from '../../domain/errors.ts';
import type { Deployment } from '../../store/deployment.ts';
import { DEPLOYMENTS } from '../../store/deployments.ts';
import { type Lease, LeaseLost } from '../../store/lease.ts';
import { inContext } from '../../telemetry.ts';
import type { WorkerDeps } from '../deps.ts';
import { holdLease } from './lease-hold.ts';
import { runDeployment } from './run.ts';
import { HandedOn, type Turn } from './turn.ts';

/** Time between two looks whether somebody asked another process to abort: a hint may be lost. */
const ABORT_LOOK_MS = 1000;

/** A deployment that this process has claimed. */
export interface Claimed {
  readonly deployment: Deployment;
  readonly lease: Lease;
  /** Aborts on `/dock abort`, when this process stops, or when the lease is lost. */
  readonly controller: AbortController;
  readonly progress: Map<string, HostProgress>;
  /** Why the process before did not finish it, as a clause: "Fairlead was restarted". */
  readonly cutOff: string;
  readonly turn: Turn;
}

/** How a claim ended; `gaveUp` says why it failed here, as a clause. */
export interface Carried {
  readonly how: 'ended' | 'left' | 'handed-on';
  readonly gaveUp?: string;
}

/** Carries out a deployment under its lease, with heartbeats, until it ends or this process lets go of it. Never rejects. */
export async function carryOutClaimed(claimed: Claimed, deps: WorkerDeps): Promise<Carried> {
  const { deployment, lease, controller, progress, cutOff, turn } = claimed;
  const { deployments } = deps.store;
  const since = performance.now();
  const hold = holdLease(lease, deps, (error) => controller.abort(error));
  const hearAbort = async () => {
    if ((await deployments.abortedBy(deployment.id)) !== undefined) controller.abort();
  };
  // What cannot be asked now is asked again a second later; of a store that is away, the heartbeat says so.
  const lookForAbort = () => void hearAbort().catch(() => undefined);
  const looking = setInterval(lookForAbort, ABORT_LOOK_MS);
  const unhear = deps.store.hints.hear(DEPLOYMENTS, lookForAbort);
  try {
    const { signal } = controller;
    const operation = { kind: 'deployment', service: deployment.service, deployment: deployment.id } as const;
    // Nothing of the request that woke this process belongs to the deployment.
    await inContext({ deployment: deployment.id }, () =>
      deps.observer.during(operation, (note) =>
        runDeployment(deployment, deps, { lease, signal, progress, since, cutOff, hold, turn, note }),
      ),
    );
    return { how: 'ended' };
  } catch (error) {
    hold.end();
    return await letGo(error, claimed, deps);
  } finally {
    hold.end();
    clearInterval(looking);
    unhear();
  }
}

/** Another process finishes it, or this one at its next look, from the hosts and the journal. */
async function letGo(error: unknown, { deployment, lease }: Claimed, deps: WorkerDeps): Promise<Carried> {
  const { deployments } = deps.store;
  if (error instanceof HandedOn) {
    deps.log.info({ deployment: deployment.id }, 'A deployment goes on in the next turn');
    const isOn = await deployments.handOn(lease).catch(() => false);
    return { how: isOn ? 'handed-on' : 'left' };
  }
  const isStopped = error instanceof Shutdown || (error instanceof UserError && error.reason === 'stopped');
  if (isStopped) deps.log.info({ deployment: deployment.id }, 'A deployment waits for the next start');
  else deps.log.error({ deployment: deployment.id, err: error }, 'A deployment was given up');
  if (!(error instanceof LeaseLost)) await deployments.release(lease).catch(() => undefined);
  return { how: 'left', ...(isStopped ? {} : { gaveUp: `Fairlead failed (${messageOf(error)})` }) };
}
