import { Shutdown } from '../../docker/rollout/errors.ts';
import type { HostProgress } from '../../docker/rollout/types.ts';
import { messageOf, UserError } from '../../domain/errors.ts';
import type { Runner } from '../../handlers/deployment-runner.ts';
import type { Deps } from '../../handlers/deps.ts';
import type { Deployment } from '../../store/deployment.ts';
import { type Lease, LeaseLost } from '../../store/lease.ts';
import type { WorkerDeps } from '../deps.ts';
import { watchClock } from '../reminders.ts';
import { isGone, ownerName } from './owner.ts';
import { runDeployment } from './run.ts';
import { createSilence } from './silence.ts';

/** How long a process may be silent before another takes its deployments over, and how often it says that it lives. */
const LEASE_MS = 15_000;

const HEARTBEAT_MS = 3000;

/** How often the store is asked for what other processes left, and for what is due. */
const TICK_MS = 2000;

interface Running {
  readonly deployment: string;
  readonly controller: AbortController;
  readonly progress: Map<string, HostProgress>;
  readonly ended: Promise<void>;
}

const NONE: ReadonlyMap<string, HostProgress> = new Map();

/** Releases what nobody carries out any more: at once what a process held that is gone from this machine. */
async function releaseAbandoned(
  here: readonly string[],
  silence: ReturnType<typeof createSilence>,
  { store, log }: Pick<Deps, 'log' | 'store'>,
): Promise<void> {
  const running = await store.deployments.running();
  const silent = silence(running);
  for (const { id, owner, attempt, heartbeatAt = 0 } of running) {
    if (owner === undefined || heartbeatAt === 0 || here.includes(id)) continue;
    const silentMs = silent.get(id) ?? 0;
    if (silentMs < LEASE_MS && !isGone(owner, silentMs)) continue;
    const released = await store.deployments.releaseSilent({ deployment: id, owner, attempt }, heartbeatAt);
    if (released)
      log.warn({ deployment: id, owner, silentMs }, 'A deployment was left by a process that is gone or silent');
  }
}

export function createRunner(depsOf: () => WorkerDeps): Runner {
  const owner = ownerName();
  const silence = createSilence(() => performance.now());
  const running = new Map<string, Running>();
  /** Why this process itself left a deployment, to be told when it takes it up again. */
  const leftFor = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let looking = Promise.resolve();
  let isWatching = false;

  const carryOut = async (deployment: Deployment, lease: Lease, entry: Omit<Running, 'ended'>): Promise<void> => {
    const deps = depsOf();
    const { deployments } = deps.store;
    const { controller, progress } = entry;
    const since = performance.now();
    const cutOff = leftFor.get(deployment.id) ?? 'Fairlead was restarted';
    leftFor.delete(deployment.id);
    let beatAt = since;
    const beat = async () => {
      const at = performance.now();
      if (!(await deployments.heartbeat(lease, deps.now()))) return controller.abort(new LeaseLost(lease));
      beatAt = at;
      const { abortBy } = (await deployments.get(deployment.id)) ?? {};
      if (abortBy !== undefined) controller.abort();
    };
    const timer = setInterval(() => {
      beat().catch((error) => deps.log.error({ deployment: deployment.id, err: messageOf(error) }, 'No heartbeat'));
    }, HEARTBEAT_MS);
    try {
      const isOurs = () => performance.now() - beatAt < LEASE_MS;
      await runDeployment(deployment, deps, { lease, signal: controller.signal, progress, since, cutOff, isOurs });
    } catch (error) {
      // Another process ends it, or this one at its next look, from what is on the hosts and in the journal.
      if (error instanceof Shutdown || (error instanceof UserError && error.reason === 'stopped'))
        deps.log.info({ deployment: deployment.id }, 'A deployment waits for the next start');
      else {
        leftFor.set(deployment.id, `Fairlead could not go on (${messageOf(error)})`);
        deps.log.error({ deployment: deployment.id, err: error }, 'A deployment was left');
      }
      clearInterval(timer);
      if (!(error instanceof LeaseLost)) await deployments.release(lease).catch(() => undefined);
    } finally {
      clearInterval(timer);
      running.delete(deployment.approval);
      deps.board.changed(deployment.approval, true);
    }
  };

  const runningHere = () => [...running.values()].map(({ deployment }) => deployment);

  const look = async (): Promise<void> => {
    const deps = depsOf();
    try {
      await releaseAbandoned(runningHere(), silence, deps);
      while (!stopped) {
        // What another process released in its name still runs here, until it hears of that.
        const claimed = await deps.store.deployments.claim(owner, deps.now(), runningHere());
        if (!claimed) break;
        const { deployment, lease } = claimed;
        const controller = new AbortController();
        const entry = { deployment: deployment.id, controller, progress: new Map<string, HostProgress>() };
        if (deployment.abortBy !== undefined) controller.abort();
        running.set(deployment.approval, { ...entry, ended: carryOut(deployment, lease, entry) });
      }
    } catch (error) {
      deps.log.error({ err: messageOf(error) }, 'The store could not be asked for what is due');
    }
  };
  // Where no bot runs (a command line), what was approved waits for one that does.
  const wake = () => {
    if (timer === undefined) return;
    looking = looking.then(look);
  };

  /** What the clock brings about is told to Slack, which may keep it waiting: nothing else waits for that. */
  const watch = async (): Promise<void> => {
    if (isWatching || stopped) return;
    isWatching = true;
    const deps = depsOf();
    await watchClock(deps).catch((error) => deps.log.error({ err: messageOf(error) }, 'The clock could not be kept'));
    isWatching = false;
  };

  return {
    wake,
    abort: (approval) => running.get(approval)?.controller.abort(),
    progress: (approval) => running.get(approval)?.progress ?? NONE,
    start() {
      const tick = () => {
        wake();
        void watch();
      };
      timer = setInterval(tick, TICK_MS);
      tick();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      const endAll = () => {
        for (const { controller } of running.values()) controller.abort(new Shutdown('Fairlead ends.'));
      };
      endAll();
      await looking;
      endAll();
      await Promise.allSettled([...running.values()].map(({ ended }) => ended));
    },
  };
}
