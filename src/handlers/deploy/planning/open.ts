import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, mention, mentionChannel, type Phrase, phrase } from '../../../domain/phrase.ts';
import type { Approval } from '../../../store/approvals.ts';
import { isMine, mayAnswer, rulesOf } from '../../approval/may-answer.ts';
import { nobodyCanAnswer, nobodyCanApprove } from '../../approval/nobody.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import { deployApproval } from '../approval.ts';
import { deployPlanOf } from './stored-plan.ts';
import type { DeployPlan } from './types.ts';

/** A deploy that is waiting for approval. */
export interface OpenDeploy {
  readonly approval: Approval;
  readonly plan: DeployPlan;
}

/** Open requests for a service in a channel, oldest first. Requests in other channels are not shown. */
export async function openQuestions(
  service: string,
  channel: string,
  deps: Pick<Deps, 'store' | 'now'>,
): Promise<readonly OpenDeploy[]> {
  const open = await deps.store.approvals.pending({ now: deps.now(), channel });
  return open.flatMap((approval) => {
    const plan = approval.service === service ? deployPlanOf(approval) : undefined;
    return plan ? [{ approval, plan }] : [];
  });
}

/**
 * Throws a `UserError` when an equal request is open, since both cards could be approved. For a colleague's request, the
 * error says where its card is, with Approve for people who may approve it.
 */
export async function refuseTwice(
  plan: DeployPlan,
  open: readonly OpenDeploy[],
  request: Request,
  deps: Pick<Deps, 'config' | 'kinds' | 'people' | 'specs' | 'store'>,
): Promise<void> {
  const same = open.find((one) => whatOf(one.plan) === whatOf(plan))?.approval;
  if (!same) return;
  if (same.requestedBy !== request.person) throw await requestedBefore(same, request, deps);
  const card = same.hash.slice(0, 8);
  throw new UserError(
    'conflict',
    phrase`You already requested this ${deployApproval.subject(same)}: plan \`${card}\`. It is waiting for approval.`,
    phrase`${commandLine(`plan ${card}`)} shows it; ${commandLine(`reject ${card}`)} takes it back.`,
  );
}

async function requestedBefore(
  same: Approval,
  request: Request,
  deps: Pick<Deps, 'config' | 'kinds' | 'people' | 'specs' | 'store'>,
): Promise<UserError> {
  const { id, requestedBy, channel, hash } = same;
  const card = hash.slice(0, 8);
  const what = phrase`${mention(requestedBy)} already requested this ${deployApproval.subject(same)}: plan \`${card}\`, on its card in ${mentionChannel(channel)}.`;
  const show = { label: 'Show the plan', line: `dock plan ${id}` };
  const nobody = await nobodyCanAnswer('that request', same, deps);
  if (nobody) {
    const isOwnBetter = !(await nobodyCanApprove('', same, request, deps));
    const mayReject = mayAnswer(request, deps, same, { answer: 'no' }).may;
    const close = phrase`${mayReject ? 'Reject it, or ask' : 'Ask'} ${mention(requestedBy)} to take it back with ${commandLine(`reject ${card}`)}`;
    const hint = isOwnBetter
      ? phrase`${close}; then request it yourself: yours can be approved. ${nobody.hint}`
      : nobody.hint;
    const reject = { label: 'Reject', line: `dock reject ${id}` };
    return new UserError('no_approver', phrase`${what} ${nobody.why}`, hint, {
      choices: isOwnBetter && mayReject ? [reject, show] : [show],
    });
  }
  const votes = await deps.store.approvals.votes(id);
  if (votes.some(({ person }) => person === request.person))
    return new UserError('conflict', what, 'You approved it already; it waits for others.', { choices: [show] });
  if (isMine(mayAnswer(request, deps, same, { answer: 'yes' })))
    return new UserError(
      'conflict',
      what,
      phrase`You can approve it: here, on its card, or with ${commandLine(`approve ${card}`)}.`,
      {
        choices: [{ label: 'Approve', line: `dock approve ${id}` }, show],
      },
    );
  const from = [...new Set(rulesOf(same, deps).flatMap(({ rule }) => rule.from))];
  return new UserError('conflict', what, `It waits for approval from ${from.join(', ')}.`, { choices: [show] });
}

// Compares the changes on each host: free space and the state of an image change every minute.
function whatOf({ action, image, breakGlass, hosts, waves, ask }: DeployPlan): string {
  const each = hosts.map(({ host, now, next }) => [host, now?.containerId ?? '', next.bodyHash]);
  return JSON.stringify([action, image.digest, breakGlass, waves, ask, each]);
}

/** Warnings about other open requests, for the approvers of this one. */
export function withOthers(plan: DeployPlan, open: readonly OpenDeploy[]): DeployPlan {
  const others = open.map(({ approval, plan: { image } }) => {
    const version = code(image.tag ?? image.digest.slice(7, 19));
    return `Another request for ${plan.service} is waiting for approval: ${version} (plan ${code(approval.hash.slice(0, 8))}).`;
  });
  return withWarnings(plan, others);
}

/** A plan with warnings that are about all its hosts, before their own. */
export function withWarnings(plan: DeployPlan, warnings: readonly Phrase[]): DeployPlan {
  return { ...plan, hosts: plan.hosts.map((host) => ({ ...host, warnings: [...warnings, ...host.warnings] })) };
}
