import { code, UserError } from '../../errors.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deps } from '../types.ts';
import { isDeploy } from './said.ts';
import type { DeployPlan } from './types.ts';

/** What is asked of a service in a channel and waits for an answer, oldest first. What others ask elsewhere is theirs. */
export async function openQuestions(
  service: string,
  channel: string,
  deps: Pick<Deps, 'store' | 'now'>,
): Promise<readonly Approval[]> {
  const open = await deps.store.approvals.pending({ now: deps.now(), channel });
  return open.filter((approval) => isDeploy(approval) && approval.service === service);
}

/** Two cards for one thing could both be approved. Throws a `UserError` when exactly that waits already. */
export function refuseTwice(plan: DeployPlan, open: readonly Approval[]): void {
  const same = open.find((one) => whatOf(one.plan as DeployPlan) === whatOf(plan));
  if (!same) return;
  const card = same.hash.slice(0, 8);
  throw new UserError(
    'conflict',
    `<@${same.requestedBy}> asks exactly that already: plan \`${card}\`, which waits for its answer.`,
    `\`/dock plan ${card}\` shows it; \`/dock reject ${card}\` takes it back.`,
  );
}

// By what would be done on each host: free space and the state of an image change from one minute to the next.
function whatOf({ action, image, breakGlass, hosts, waves, ask }: DeployPlan): string {
  const each = hosts.map(({ host, now, next }) => [host, now?.containerId ?? '', next.bodyHash]);
  return JSON.stringify([action, image.digest, breakGlass, waves, ask, each]);
}

/** Whoever approves one of several should know of the others. */
export function withOthers(plan: DeployPlan, open: readonly Approval[]): DeployPlan {
  const others = open.map((approval) => {
    const { image } = approval.plan as DeployPlan;
    const version = code(image.tag ?? image.digest.slice(7, 19));
    return `Something else is asked of it and waits: ${version}, plan ${code(approval.hash.slice(0, 8))}.`;
  });
  return { ...plan, hosts: plan.hosts.map((host) => ({ ...host, warnings: [...others, ...host.warnings] })) };
}
