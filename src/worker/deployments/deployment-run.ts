import { LeaseLost as RolloutLeaseLost } from '../../docker/rollout/context.ts';
import { JournalUnavailable } from '../../docker/rollout/errors.ts';
import type { PreparedHost } from '../../docker/rollout/plan.ts';
import type { HostPlan, HostProgress, HostRun, RunningNow } from '../../docker/rollout/types.ts';
import { messageOf } from '../../domain/errors.ts';
import { type Journalled, planFor } from '../../handlers/deploy/journal.ts';
import { mustAllow } from '../../handlers/deploy/planning/allowed.ts';
import { returnable } from '../../handlers/deploy/planning/served.ts';
import { registryAuth, wantedOf } from '../../handlers/deploy/planning/target.ts';
import type { CardVerdict, DeployPlan } from '../../handlers/deploy/planning/types.ts';
import { momentIn } from '../../machine.ts';
import type { Note } from '../../observe.ts';
import { type Redact, redactorOf } from '../../policy/redact.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deployment } from '../../store/deployment.ts';
import { DatabaseFault } from '../../store/fault.ts';
import { type Lease, LeaseLost } from '../../store/lease.ts';
import type { WorkerDeps } from '../deps.ts';
import { type LeaseHold, Unheard } from './lease-hold.ts';
import type { Turn } from './turn.ts';

/** One process's hold on a deployment: its lease, abort signal and progress. */
export interface ExecutionHandle {
  readonly lease: Lease;
  /** Aborts on `/dock abort`, when this process stops, or when the lease is lost. */
  readonly signal: AbortSignal;
  readonly progress: Map<string, HostProgress>;
  /** When this process claimed the deployment, by `performance.now`. */
  readonly since: number;
  /** Why the process before did not finish it, as a clause: "Fairlead was restarted". */
  readonly cutOff: string;
  readonly hold: Pick<LeaseHold, 'assertHeld' | 'isOurs' | 'whileHeard'>;
  readonly turn: Turn;
  /** Notes the verdict for those who watch from outside. */
  readonly note: Note;
}

/** A deployment being carried out, with all that is known of its hosts. */
export interface DeploymentRun extends ExecutionHandle {
  readonly deployment: Deployment;
  readonly approval: Approval;
  readonly plan: DeployPlan;
  readonly verdicts: Map<string, CardVerdict>;
  /** What ran on each host right before it was changed. */
  readonly seen: Map<string, RunningNow>;
  /** Plans of the hosts that are changed first, made when the deployment started. */
  readonly prepared: Map<string, PreparedHost>;
  /** Ends the observation of the phase that each host is in. */
  readonly endPhase: Map<string, () => void>;
  /** The journal of each host that was started, by this process or one before. */
  readonly begun: ReadonlyMap<string, Journalled>;
  /** False when the values given with `-e` cannot be decrypted: then no host is started. */
  readonly hasValues: boolean;
  readonly redact: Redact;
  readonly deps: WorkerDeps;
}

export const planOf = ({ plan }: DeploymentRun, host: string) => planFor(plan, host);

/** The engine of a host, which is changed only while this process has the lease. */
export const engineOf = ({ deps, hold }: DeploymentRun, host: string) =>
  deps.hosts.engine(host, () =>
    hold.assertHeld().catch((error: unknown) => {
      throw new RolloutLeaseLost('The lease is not held any more.', { cause: error });
    }),
  );

/** The run of one host: its plan, journal, progress and redaction. */
export function hostRun(run: DeploymentRun, hostPlan: HostPlan): HostRun {
  const { plan, deployment, deps, lease, progress, signal } = run;
  return {
    deployId: deployment.id,
    by: deployment.requestedBy,
    plan: hostPlan,
    wanted: wantedOf(plan, deps.config),
    assertAllowed(found) {
      mustAllow(plan, found, deps.config);
      if (found.now) run.seen.set(found.host, returnable(found.now, deps.config));
    },
    auth: registryAuth(plan.image.repository, deps.config),
    signal,
    // Secrets in a container's own environment are known only here.
    redact: (text, environment = []) => run.redact(redactorOf(environment)(text)),
    journal: async (phase, note, nothingServes) => {
      run.endPhase.get(hostPlan.host)?.();
      run.endPhase.set(hostPlan.host, deps.observer.begin({ kind: 'phase', host: hostPlan.host, phase }));
      // The cause is shown on the card, and may quote an engine.
      const why = note?.['why'];
      const kept = typeof why === 'string' ? { ...note, why: run.redact(why) } : note;
      const entry = { host: hostPlan.host, phase, note: { ...kept, begun: momentIn(0) }, at: deps.now() };
      const stored = deps.store.deployments.phase(lease, entry);
      await (nothingServes ? run.hold.whileHeard(stored) : stored).catch((error: unknown) => {
        if (error instanceof LeaseLost || !run.hold.isOurs()) throw error;
        throw new JournalUnavailable(messageOf(error), adviceOn(error));
      });
      deps.board.changed(deployment.approval);
    },
    report: (report) => {
      progress.set(report.host, report);
      deps.board.changed(deployment.approval);
    },
  };
}

function adviceOn(error: unknown): string | undefined {
  if (error instanceof Unheard) return 'Check the database, its load and the network to it, then deploy again.';
  return error instanceof DatabaseFault && error.isAway ? error.hint : undefined;
}
