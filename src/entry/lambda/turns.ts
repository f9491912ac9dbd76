import type { HostProgress } from '../../docker/rollout/types.ts';
import type { Runner } from '../../handlers/deployment-runner.ts';
import type { OpenDeployment } from '../../store/deployment.ts';
import type { Store } from '../../store/store.ts';
import type { Queue } from './queue.ts';

/** Deployments in functions: each turn of one is a message to the worker. */
export interface Turns {
  /** For handlers: it carries nothing out. */
  readonly runner: Runner;
  /** Whether something was approved since this was last asked. */
  takeWoken(): boolean;
  /** Lets cards show how far each host is, for as long as this process has the deployment. Returns what ends that. */
  show(approval: string, progress: ReadonlyMap<string, HostProgress>): () => void;
}

const NONE: ReadonlyMap<string, HostProgress> = new Map();

export function createTurns(): Turns {
  let isWoken = false;
  const shown = new Map<string, ReadonlyMap<string, HostProgress>>();
  return {
    runner: {
      wake() {
        isWoken = true;
      },
      // The worker that has it reads the request for an abort from the store with its heartbeat.
      abort() {
        isWoken = true;
      },
      progress: (approval) => shown.get(approval) ?? NONE,
      start() {},
      async stop() {},
    },
    takeWoken() {
      const was = isWoken;
      isWoken = false;
      return was;
    },
    show(approval, progress) {
      shown.set(approval, progress);
      return () => void shown.delete(approval);
    },
  };
}

/** Open deployments that no process has and that can go on now, without those that wait for the approval of a wave. */
export async function claimable(store: Pick<Store, 'deployments'>, now: number): Promise<readonly OpenDeployment[]> {
  const open = await store.deployments.running();
  return open.filter((one) => (one.state === 'queued' || one.heartbeatAt === 0) && !isWaiting(one, now));
}

/** Whether it waits for people: nothing is to be done until they answer, or their time is up. */
export function isWaiting(deployment: OpenDeployment, now: number): boolean {
  const { requestedWave = 0, approvedWave = 0, waveExpiresAt = 0, abortBy } = deployment;
  return requestedWave > approvedWave && waveExpiresAt > now && abortBy === undefined;
}

/** Gives each of them its next turn. `suffix` lets a message be sent again that may have been lost. */
export async function giveTurns(
  { store, now }: { readonly store: Pick<Store, 'deployments'>; now(): number },
  queue: Queue,
  suffix = '',
): Promise<void> {
  for (const { id, attempt } of await claimable(store, now()))
    await queue.send({ deployment: id }, `${id}.${attempt}${suffix}`);
}
