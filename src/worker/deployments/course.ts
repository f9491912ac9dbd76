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
import { createRedactor, type Redact, secretValues } from '../../policy/redact.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deployment } from '../../store/deployment.ts';
import { type Lease, LeaseLost } from '../../store/lease.ts';
import type { WorkerDeps } from '../deps.ts';

/** What a deployment is carried out with. */
export interface Way {
  readonly lease: Lease;
  /** Somebody aborts, this process stops, or the lease is lost. */
  readonly signal: AbortSignal;
  readonly progress: Map<string, HostProgress>;
  /** When this process claimed it, by `performance.now`. */
  readonly since: number;
  /** Why it was not ended by the process that had it before: "Fairlead was restarted". */
  readonly cutOff: string;
  /** Whether nobody else can have taken it over yet, as far as this process knows without the store. */
  isOurs(): boolean;
}

export interface Course extends Way {
  readonly deployment: Deployment;
  readonly approval: Approval;
  readonly plan: DeployPlan;
  readonly verdicts: Map<string, CardVerdict>;
  /** What ran on each host just before it was touched. */
  readonly seen: Map<string, RunningNow>;
  /** Plans of the first wave's hosts, made when the deployment started. */
  readonly prepared: Map<string, PreparedHost>;
  /** What was journalled of each host, by this process or by one before. */
  readonly begun: ReadonlyMap<string, Journalled>;
  /** False when the values it was asked with cannot be had any more: then nothing new is begun. */
  readonly whole: boolean;
  readonly redact: Redact;
  readonly deps: WorkerDeps;
}

export const planOf = ({ plan }: Course, host: string) => planFor(plan, host);

/** The same deployment for one host, with the journal and the words it is told by. */
export function hostRun(course: Course, hostPlan: HostPlan): HostRun {
  const { plan, deployment, deps, lease, progress, signal } = course;
  return {
    deployId: deployment.id,
    by: deployment.requestedBy,
    plan: hostPlan,
    wanted: wantedOf(plan, deps.config),
    assertAllowed(found) {
      mustAllow(plan, found, deps.config);
      if (found.now) course.seen.set(found.host, returnable(found.now, deps.config));
    },
    auth: registryAuth(plan.image.repository, deps.config),
    signal,
    // What a container keeps secret in its own environment is known only here.
    redact: (text, environment = []) => course.redact(createRedactor(secretValues(environment))(text)),
    journal: async (phase, note) => {
      // Its cause is shown on the card, and may hold what an engine said.
      const why = note?.['why'];
      const kept = typeof why === 'string' ? { ...note, why: course.redact(why) } : note;
      const entry = { host: hostPlan.host, phase, note: { ...kept, begun: momentIn(0) }, at: deps.now() };
      await deps.store.deployments.phase(lease, entry).catch((error) => {
        throw error instanceof LeaseLost || !course.isOurs() ? error : new JournalUnavailable(messageOf(error));
      });
      deps.board.changed(deployment.approval);
    },
    report: (report) => {
      progress.set(report.host, report);
      deps.board.changed(deployment.approval);
    },
  };
}
