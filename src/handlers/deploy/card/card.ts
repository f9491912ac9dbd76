import type { Phrase } from '../../../domain/phrase.ts';
import { signersOf } from '../../../policy/break-glass.ts';
import type { Approval } from '../../../store/approvals.ts';
import type { Deployment } from '../../../store/deployment.ts';
import type { Approver } from '../../approval/approver.ts';
import { approversOf } from '../../approval/approvers.ts';
import { approvalSubject, rulesOf } from '../../approval/may-answer.ts';
import type { Deps } from '../../deps.ts';
import { environmentsOf } from '../environments.ts';
import type { Refusal } from '../planning/preflight.ts';
import { isDeployPlan } from '../planning/stored-plan.ts';
import type { DeployPlan, Verdict } from '../planning/types.ts';
import { type CardHost, cardHosts } from './hosts.ts';

/** The state of one deploy, from its request to its verdict, as its card shows it. */
export interface Card {
  readonly id: string;
  readonly channel: string;
  /** The command line of the request. */
  readonly line: string;
  readonly plan: DeployPlan;
  readonly hash: string;
  /** Whether the config has its service: without hosts of its own, a line about another container has to name them. */
  readonly isOfConfig: boolean;
  /** Of its hosts, by the label that the config names; empty where none has it. */
  readonly environments: readonly string[];
  readonly state: Approval['state'];
  readonly integrity: Approval['integrity'];
  readonly requestedBy: string;
  readonly expiresAt: number;
  readonly decidedBy: string | undefined;
  readonly decidedAt: number | undefined;
  /** Reason of a rejection. */
  readonly reason: string | undefined;
  readonly votes: readonly { readonly person: string; readonly factor: string | undefined }[];
  /** Approvals needed, by rule; empty where no rule requires approval. */
  readonly needs: readonly { readonly count: number; readonly approvers: readonly Approver[] }[];
  readonly deployment:
    | {
        readonly id: string;
        readonly startedAt: number;
        /** Duration in milliseconds; undefined while in progress, and for a refused deployment. */
        readonly tookMs?: number | undefined;
        readonly finishedAt: number | undefined;
        readonly verdict: Verdict | undefined;
        /** Why it was not started. */
        readonly refused: Phrase | undefined;
        readonly abortedBy: string | undefined;
        readonly abortReason?: string | undefined;
        /** When the request to continue with the next wave expires. */
        readonly waitsUntil: number | undefined;
        readonly hosts: readonly CardHost[];
      }
    | undefined;
  /** The break-glass and its review. */
  readonly glass:
    | {
        readonly signers: readonly Approver[];
        /** When the review is due; it opens when the deployment starts. */
        readonly dueAt: number | undefined;
        readonly signedBy: string | undefined;
      }
    | undefined;
}

type CardDeps = Pick<Deps, 'config' | 'store' | 'runner'>;

/** Reads the state of a card; undefined when there is no such deploy. */
export async function readCard(id: string, deps: CardDeps): Promise<Card | undefined> {
  const approval = await deps.store.approvals.get(id);
  if (!approval || (approval.command !== 'deploy' && approval.command !== 'rollback')) return undefined;
  const { plan } = approval;
  // A forged plan is not shown as a request.
  if (!isDeployPlan(plan)) return undefined;
  const [votes, deployment] = await Promise.all([
    deps.store.approvals.votes(id),
    deps.store.deployments.byApproval(id),
  ]);
  const rules = rulesOf(approval, deps);
  return {
    id,
    channel: approval.channel,
    line: approval.line,
    plan,
    hash: approval.hash,
    isOfConfig: deps.config.services.has(plan.service),
    environments: environmentsOf(plan, deps.config),
    state: approval.state,
    integrity: approval.integrity,
    requestedBy: approval.requestedBy,
    expiresAt: approval.expiresAt,
    decidedBy: approval.decidedBy,
    decidedAt: approval.decidedAt,
    reason: approval.reason,
    votes: votes.map(({ person, factor }) => ({ person, factor })),
    needs: rules.map(({ rule }) => ({ count: rule.count, approvers: approversOf(rule.from, deps.config) })),
    deployment: deployment && (await deploymentOf(deployment, plan, deps)),
    glass: plan.breakGlass ? await glassOf(approval, deployment?.id, deps) : undefined,
  };
}

async function deploymentOf(deployment: Deployment, plan: DeployPlan, deps: CardDeps): Promise<Card['deployment']> {
  const [journal, outcomes] = await Promise.all([
    deps.store.deployments.journal(deployment.id),
    deps.store.deployments.hosts(deployment.id),
  ]);
  const progress = deps.runner.progress(deployment.approval);
  const { id, createdAt, finishedAt, verdict, abortBy, abortReason, requestedWave, waveExpiresAt, approvedWave } =
    deployment;
  const waits = verdict === undefined && requestedWave !== undefined && (approvedWave ?? 0) < requestedWave;
  return {
    id,
    startedAt: createdAt,
    finishedAt,
    tookMs: (deployment.detail as { readonly ms?: number } | undefined)?.ms,
    verdict: verdict as Verdict | undefined,
    refused: verdict === 'refused' ? whyRefused(deployment.detail) : undefined,
    abortedBy: abortBy,
    abortReason,
    waitsUntil: waits && waveExpiresAt ? waveExpiresAt : undefined,
    hosts: cardHosts(deployment, plan, { journal, outcomes, progress }),
  };
}

const whyRefused = (detail: unknown) => (detail as Refusal | undefined)?.why;

async function glassOf(approval: Approval, deployment: string | undefined, deps: CardDeps): Promise<Card['glass']> {
  const review = deployment === undefined ? undefined : await deps.store.reviews.get(deployment);
  // If a process died between posting the card and starting, people may have approved it like any other request.
  if (deployment !== undefined && !review) return undefined;
  const signers = approversOf(signersOf(approvalSubject(approval), deps.config), deps.config);
  return { signers, dueAt: review?.dueAt, signedBy: review?.signedBy };
}
