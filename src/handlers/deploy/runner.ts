import { hostname } from 'node:os';
import type { HostProgress } from '../../docker/rollout/types.ts';
import { messageOf } from '../../errors.ts';
import type { Deployment } from '../../store/deployment.ts';
import { type Lease, LeaseLost } from '../../store/lease.ts';
import type { Deps } from '../types.ts';
import { ulid } from '../ulid.ts';
import { runDeployment } from './run.ts';
import { watchClock } from './watch.ts';

/** How long a process may be silent before another takes its deployments over, and how often it says that it lives. */
const LEASE_MS = 15_000;
const HEARTBEAT_MS = 3000;
/** How often the store is asked for what other processes left, and for what is due. */
const TICK_MS = 2000;

/** Carries deployments out, in the background of a bot: those approved here, and those another process left behind. */
export interface Runner {
  /** Something was approved: look at once. */
  wake(): void;
  /** Asks a deployment to stop and go back; it may run in another process, which hears of it by the store. */
  abort(approval: string): void;
  /** How far the hosts of a deployment are, where it runs in this process. */
  progress(approval: string): ReadonlyMap<string, HostProgress>;
  start(): void;
  /** Takes nothing new, asks what runs to go back, and waits for it. What does not end is taken over at the next start. */
  stop(): Promise<void>;
}

interface Running {
  readonly controller: AbortController;
  readonly progress: Map<string, HostProgress>;
  readonly ended: Promise<void>;
}

/** Names a process so that another on the same machine can tell whether it still lives. */
function ownerName(): string {
  return `${hostname()}/${process.pid}/${ulid(Date.now())}`;
}

function isGone(owner: string): boolean {
  const [machine, pid, life] = owner.split('/');
  if (machine !== hostname() || pid === undefined || life === undefined) return false;
  // A process starts one runner: its own number under another life is one before it, as in a restarted container.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === 'ESRCH';
  }
}

const NONE: ReadonlyMap<string, HostProgress> = new Map();

export function createRunner(depsOf: () => Deps): Runner {
  const owner = ownerName();
  const running = new Map<string, Running>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let looking = Promise.resolve();

  const carryOut = async (deployment: Deployment, lease: Lease, entry: Omit<Running, 'ended'>): Promise<void> => {
    const deps = depsOf();
    const { deployments } = deps.store;
    const { controller, progress } = entry;
    const beat = async () => {
      if (!(await deployments.heartbeat(lease, deps.now()))) return controller.abort(new LeaseLost(lease));
      const { abortBy } = (await deployments.get(deployment.id)) ?? {};
      if (abortBy !== undefined) controller.abort();
    };
    const timer = setInterval(() => {
      beat().catch((error) => deps.log.error({ deployment: deployment.id, err: messageOf(error) }, 'No heartbeat'));
    }, HEARTBEAT_MS);
    try {
      await runDeployment(deployment, deps, { lease, signal: controller.signal, progress });
    } catch (error) {
      // Another process ends it, or this one at its next look, from what is on the hosts and in the journal.
      deps.log.error({ deployment: deployment.id, err: error }, 'A deployment was left');
      if (!(error instanceof LeaseLost)) await deployments.release(lease).catch(() => undefined);
    } finally {
      clearInterval(timer);
      running.delete(deployment.approval);
      deps.board.changed(deployment.approval, true);
    }
  };

  const look = async (): Promise<void> => {
    const deps = depsOf();
    try {
      while (!stopped) {
        const now = deps.now();
        const claimed = await deps.store.deployments.claim(owner, now, now - LEASE_MS);
        if (!claimed) break;
        const { deployment, lease } = claimed;
        const entry = { controller: new AbortController(), progress: new Map<string, HostProgress>() };
        running.set(deployment.approval, { ...entry, ended: carryOut(deployment, lease, entry) });
      }
      if (!stopped) await watchClock(deps);
    } catch (error) {
      deps.log.error({ err: messageOf(error) }, 'The store could not be asked for what is due');
    }
  };
  // Where no bot runs (a command line), what was approved waits for one that does.
  const wake = () => {
    if (timer === undefined) return;
    looking = looking.then(look);
  };

  /** An earlier life of this very process, or one that is gone from this machine, need not be waited out. */
  const releaseDead = async (): Promise<void> => {
    const { store, log } = depsOf();
    for (const { id, owner: other, attempt } of await store.deployments.running()) {
      if (other === undefined || !isGone(other)) continue;
      await store.deployments.release({ deployment: id, owner: other, attempt });
      log.warn({ deployment: id, owner: other }, 'A deployment was left by a process that is gone');
    }
  };

  return {
    wake,
    abort: (approval) => running.get(approval)?.controller.abort(),
    progress: (approval) => running.get(approval)?.progress ?? NONE,
    start() {
      looking = releaseDead()
        .catch((error) => depsOf().log.error({ err: messageOf(error) }, 'The store could not be asked who is gone'))
        .then(look);
      timer = setInterval(wake, TICK_MS);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await looking;
      for (const { controller } of running.values()) controller.abort();
      await Promise.allSettled([...running.values()].map(({ ended }) => ended));
    },
  };
}
