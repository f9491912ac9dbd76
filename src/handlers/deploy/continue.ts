import type { CardArgs } from '../../commands/language/fields.ts';
import { UserError } from '../../domain/errors.ts';
import { mention, phrase } from '../../domain/phrase.ts';
import { untrustedError } from '../approval/errors.ts';
import { assertMayContinue } from '../approval/may-answer.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import type { AnsweredResult } from './answered.ts';
import { refuseHeldUp } from './planning/blocked.ts';
import { deployPlanOf } from './planning/stored-plan.ts';
import { running } from './running.ts';

export const proceed = handler<CardArgs, AnsweredResult>()(
  ['board', 'config', 'now', 'runner', 'specs', 'store'],
  async (request, deps) => {
    const { approval, deployment } = await running(request, deps);
    assertMayContinue(request, deps, approval);
    if (deployment.integrity !== 'signed' || approval.integrity !== 'signed') throw untrustedError('deployment');
    const wave = deployment.requestedWave;
    if (deployment.state === 'ended' || wave === undefined || (deployment.approvedWave ?? 0) >= wave)
      throw new UserError('already_decided', 'No wave of this deployment is waiting for approval.');
    const at = deps.now();
    if ((deployment.waveExpiresAt ?? 0) <= at)
      throw new UserError(
        'expired',
        'The next wave was not approved in time. The remaining hosts were skipped.',
        'Deploy again to the remaining hosts.',
      );
    // The approval may be days old.
    const plan = deployPlanOf(approval);
    if (!plan) throw untrustedError('deployment');
    const { service, waves } = plan;
    const hosts = waves.slice(wave).flat();
    await refuseHeldUp(
      { service, hosts, person: approval.requestedBy, breakGlass: deployment.breakGlass !== undefined },
      deps,
      'Continue after the freeze, or abort: that skips the remaining hosts.',
    );
    const first = await deps.store.deployments.approveWave(deployment.id, wave, at);
    if (!first) throw await tooLate(deployment.id, deps);
    deps.runner.wake();
    deps.board.changed(approval.id, true);
    return {
      kind: 'answered',
      card: approval.id,
      text: 'Continuing with the next wave.',
      quiet: true,
      audit: `deployment ${deployment.id} goes on with wave ${wave + 1}`,
    };
  },
);

/** Somebody was faster, with the same answer or with the other. */
async function tooLate(id: string, { store }: Pick<Deps, 'store'>): Promise<UserError> {
  const by = (await store.deployments.get(id))?.abortBy;
  return by === undefined
    ? new UserError('already_decided', 'The next wave was already approved.')
    : new UserError(
        'already_decided',
        phrase`Not continued: ${mention(by)} aborted this deployment.`,
        'Its card shows what each host runs.',
      );
}
