import type { AbortArgs, CardArgs } from '../../commands/deployments.ts';
import { UserError } from '../../errors.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deployment } from '../../store/deployment.ts';
import type { Deps, Handler, Request } from '../types.ts';
import { refuseHeldUp } from './blocked.ts';
import { mustControl, mustLetOn, mustSign } from './may-answer.ts';
import { isDeploy, noSuch } from './said.ts';
import { untrustedError } from './start.ts';
import type { DeployPlan } from './types.ts';
import type { AnsweredResult } from './vote.ts';

/** What may be said to a deployment that runs, and to one that ran without approval. */
async function running(
  request: Request<CardArgs>,
  deps: Deps,
): Promise<{ approval: Approval; deployment: Deployment }> {
  const approval = await deps.store.approvals.find(request.args.id, request.channel);
  if (!approval || !isDeploy(approval)) throw noSuch('deploy');
  const deployment = await deps.store.deployments.byApproval(approval.id);
  if (!deployment) throw new UserError('not_found', 'That was never begun.', 'Its card has the buttons that fit.');
  return { approval, deployment };
}

/** Going back is safe, so whoever may deploy it here, or may approve it, may stop it. */
export const abort: Handler<AbortArgs, AnsweredResult> = async (request, deps) => {
  const { approval, deployment } = await running(request, deps);
  mustControl(request, deps, approval);
  if (deployment.state === 'ended')
    throw new UserError(
      'already_decided',
      'That deployment has ended.',
      `\`/dock rollback ${deployment.service}\` goes back.`,
    );
  const reason = request.args.reason === undefined ? undefined : deps.redact(request.args.reason);
  const first = await deps.store.deployments.requestAbort(deployment.id, request.person, deps.now(), reason);
  if (!first) throw new UserError('already_decided', 'It is being stopped already.');
  deps.runner.abort(approval.id);
  return {
    kind: 'answered',
    card: approval.id,
    text: 'Stopping it. Hosts under way go back to the old version.',
    quiet: true,
    audit: `deployment ${deployment.id} aborted${reason === undefined ? '' : `: ${reason}`}`,
  };
};

export const proceed: Handler<CardArgs, AnsweredResult> = async (request, deps) => {
  const { approval, deployment } = await running(request, deps);
  mustLetOn(request, deps, approval);
  if (deployment.integrity !== 'signed' || approval.integrity !== 'signed') throw untrustedError('deployment');
  const wave = deployment.askedWave;
  if (deployment.state === 'ended' || wave === undefined || (deployment.goneOn ?? 0) >= wave)
    throw new UserError('already_decided', 'Nothing waits for that any more.');
  const at = deps.now();
  if ((deployment.askedUntil ?? 0) <= at)
    throw new UserError(
      'expired',
      'Nobody let it go on in time; the rest is left alone.',
      'Deploy again for the others.',
    );
  // Days may have gone by since it was approved.
  const { service, waves } = approval.plan as DeployPlan;
  const hosts = waves.slice(wave).flat();
  await refuseHeldUp(
    { service, hosts, person: approval.requestedBy, breakGlass: deployment.breakGlass !== undefined },
    deps,
    'Let it go on then, or abort it: that leaves the other hosts alone.',
  );
  const first = await deps.store.deployments.goOn(deployment.id, wave, at);
  if (!first) throw new UserError('already_decided', 'It goes on already.');
  deps.runner.wake();
  return {
    kind: 'answered',
    card: approval.id,
    text: 'It goes on with the next wave.',
    quiet: true,
    audit: `deployment ${deployment.id} goes on with wave ${wave + 1}`,
  };
};

export const sign: Handler<CardArgs, AnsweredResult> = async (request, deps) => {
  const { approval, deployment } = await running(request, deps);
  const review = await deps.store.reviews.get(deployment.id);
  if (!review) throw new UserError('not_found', 'That deploy was approved, so there is no review to sign.');
  if (review.integrity === 'forged') throw untrustedError('review');
  if (review.signedBy !== undefined)
    throw new UserError('already_decided', `That review was already signed by <@${review.signedBy}>.`);
  mustSign(request, deps, approval, review.person);
  const signed = await deps.store.reviews.sign(deployment.id, request.person, deps.now());
  if (!signed) throw new UserError('already_decided', 'That review was signed a moment ago.');
  return {
    kind: 'answered',
    card: approval.id,
    text: 'Signed. The review is closed.',
    quiet: false,
    audit: `review of break-glass deployment ${deployment.id} signed`,
  };
};
