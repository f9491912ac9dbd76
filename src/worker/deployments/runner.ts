import { Shutdown } from '../../docker/rollout/errors.ts';
import type { HostProgress } from '../../docker/rollout/types.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Runner } from '../../handlers/deployment-runner.ts';
import type { Deps } from '../../handlers/deps.ts';
import type { Deployment } from '../../store/deployment.ts';
import { DEPLOYMENTS } from '../../store/deployments.ts';
import type { Lease } from '../../store/lease.ts';
import { inContext } from '../../telemetry.ts';
import type { WorkerDeps } from '../deps.ts';
import { removeEndedRuns } from '../ended-runs.ts';
import { runDueReminders } from '../reminders.ts';
import { carryOutClaimed } from './carry-out.ts';
import { LEASE_MS } from './lease-hold.ts';
import { isGone } from './owner.ts';
import { reopenReturned } from './returned.ts';
import { createSilence } from './silence.ts';
import { ENDLESS } from './turn.ts';

/** Time between two looks for abandoned deployments and due reminders. */
const TICK_MS = 2000;

/** Time between two looks whether hosts respond again whose roll-back was given up. */
const RETURNED_MS = 10_000;

interface Running {
  readonly deployment: string;
  readonly controller: AbortController;
  readonly progress: Map<string, HostProgress>;
  readonly ended: Promise<void>;
}

const NONE: ReadonlyMap<string, HostProgress> = new Map();

/**
 * Releases deployments of silent processes; at once those of a process of this machine that has ended. Resolves to the ids of
 * those whose process may still be there.
 */
export async function releaseAbandoned(
  here: readonly string[],
  silence: ReturnType<typeof createSilence>,
  { store, log }: Pick<Deps, 'log' | 'store'>,
): Promise<readonly string[]> {
  const unresponsive: string[] = [];
  const running = await store.deployments.running();
  const silent = silence(running);
  for (const { id, owner, attempt, heartbeatAt = 0 } of running) {
    if (owner === undefined || heartbeatAt === 0 || here.includes(id)) continue;
    const silentMs = silent.get(id) ?? 0;
    const hasEnded = isGone(owner, silentMs);
    if (silentMs < LEASE_MS && !hasEnded) continue;
    const released = await store.deployments.releaseSilent({ deployment: id, owner, attempt }, heartbeatAt);
    if (!released) continue;
    log.warn({ deployment: id, owner, silentMs }, 'A deployment was abandoned by a process that ended or is silent');
    if (!hasEnded) unresponsive.push(id);
  }
  return unresponsive;
}

/** `owner` is the name of this process. */
export function createRunner(depsOf: () => WorkerDeps, owner: string): Runner {
  const silence = createSilence(() => performance.now());
  const running = new Map<string, Running>();
  /** Why a deployment was left that this process gave up, or took from another, for when it claims it. */
  const leftFor = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let looking = Promise.resolve();
  let isAsked = false;
  let isReminding = false;
  let lookedForReturned = Number.NEGATIVE_INFINITY;
  let returning = Promise.resolve();
  const ending = new AbortController();
  let unhear = () => {};

  const carryOut = async (deployment: Deployment, lease: Lease, entry: Omit<Running, 'ended'>): Promise<void> => {
    const cutOff = leftFor.get(deployment.id) ?? 'Fairlead was restarted';
    leftFor.delete(deployment.id);
    const { controller, progress } = entry;
    const claimed = { deployment, lease, controller, progress, cutOff, turn: ENDLESS };
    const { gaveUp } = await carryOutClaimed(claimed, depsOf());
    if (gaveUp !== undefined) leftFor.set(deployment.id, gaveUp);
    running.delete(deployment.approval);
    inContext({ deployment: deployment.id }, () => depsOf().board.changed(deployment.approval, true));
  };

  const runningHere = () => [...running.values()].map(({ deployment }) => deployment);

  const look = async (): Promise<void> => {
    const deps = depsOf();
    try {
      for (const id of await releaseAbandoned(runningHere(), silence, deps))
        leftFor.set(id, 'Fairlead stopped responding');
      while (!stopped) {
        // A deployment that another process released may still run here until the next heartbeat.
        const claimed = await deps.store.deployments.claim(owner, deps.now(), runningHere());
        if (!claimed) break;
        const { deployment, lease } = claimed;
        const controller = new AbortController();
        const entry = { deployment: deployment.id, controller, progress: new Map<string, HostProgress>() };
        if (deployment.abortBy !== undefined) controller.abort();
        running.set(deployment.approval, {
          ...entry,
          ended: carryOut(deployment, lease, entry),
        });
      }
    } catch (error) {
      deps.log.error({ err: messageOf(error) }, 'The store could not be asked for what is due');
    }
  };
  // Without a running bot (at a command line), approved deployments wait for one.
  const wake = () => {
    if (timer === undefined || isAsked) return;
    isAsked = true;
    looking = looking.then(() => {
      isAsked = false;
      // What woke it is one of many that it looks for.
      return inContext({}, look);
    });
  };

  /** Reminders wait for Slack, so deployments do not wait for reminders. */
  const remind = async (): Promise<void> => {
    if (isReminding || stopped) return;
    isReminding = true;
    const deps = depsOf();
    // A host that is slow to stop a container holds up no reminder.
    void removeEndedRuns(deps).catch((error) =>
      deps.log.error({ err: messageOf(error) }, 'The store could not be asked for containers whose time is up'),
    );
    await runDueReminders(deps).catch((error) =>
      deps.log.error({ err: messageOf(error) }, 'Due reminders could not be sent'),
    );
    isReminding = false;
  };

  /** Hosts are slow to respond, so nothing waits for them. */
  const lookForReturned = (): void => {
    if (stopped || performance.now() - lookedForReturned < RETURNED_MS) return;
    // The time between two looks begins with the end of the first.
    lookedForReturned = Number.POSITIVE_INFINITY;
    const deps = depsOf();
    returning = inContext({}, () => reopenReturned(deps, ending.signal))
      .then((isAny) => {
        if (isAny) wake();
      })
      .catch((error) => {
        if (!stopped) deps.log.error({ err: messageOf(error) }, 'Hosts that were away could not be looked for');
      })
      .finally(() => {
        lookedForReturned = performance.now();
      });
  };

  return {
    wake,
    abort: (approval) => running.get(approval)?.controller.abort(),
    progress: (approval) => running.get(approval)?.progress ?? NONE,
    start() {
      const tick = () => {
        wake();
        void remind();
        lookForReturned();
      };
      timer = setInterval(tick, TICK_MS);
      unhear = depsOf().store.hints.hear(DEPLOYMENTS, wake);
      tick();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      unhear();
      ending.abort();
      const endAll = () => {
        for (const { controller } of running.values()) controller.abort(new Shutdown('Fairlead ends.'));
      };
      endAll();
      await looking;
      endAll();
      await Promise.allSettled([returning, ...[...running.values()].map(({ ended }) => ended)]);
    },
  };
}
