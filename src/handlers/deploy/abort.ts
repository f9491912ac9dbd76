import type { AbortArgs } from '../../commands/deploy/abort.ts';
import { UserError } from '../../domain/errors.ts';
import { commandLine, mention, phrase } from '../../domain/phrase.ts';
import { mustControl } from '../approval/may-answer.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import type { AnsweredResult } from './answered.ts';
import { running } from './running.ts';

/** Aborting is safe, so people who may deploy or approve it here may abort it. */
export const abort = handler<AbortArgs, AnsweredResult>()(
  ['board', 'config', 'now', 'redact', 'runner', 'specs', 'store'],
  async (request, deps) => {
    const { approval, deployment } = await running(request, deps);
    mustControl(request, deps, approval);
    if (deployment.state === 'ended')
      throw new UserError(
        'already_decided',
        'That deployment has ended.',
        phrase`${commandLine(`rollback ${deployment.service}`)} rolls it back.`,
      );
    const { reason } = request.args;
    const first = await deps.store.deployments.requestAbort(deployment.id, request.person, deps.now(), reason);
    if (!first) throw await alreadyAborted(deployment.id, request.person, deps);
    deps.runner.abort(approval.id);
    deps.board.changed(approval.id, true);
    return {
      kind: 'answered',
      card: approval.id,
      text: 'Aborting. Hosts in progress roll back to the old version.',
      quiet: true,
      audit: `deployment ${deployment.id} aborted${reason === undefined ? '' : `: ${reason}`}`,
    };
  },
);

async function alreadyAborted(id: string, person: string, { store }: Pick<Deps, 'store'>): Promise<UserError> {
  const by = (await store.deployments.get(id))?.abortBy;
  const who = by === undefined ? '' : by === person ? ' by you' : phrase` by ${mention(by)}`;
  return new UserError(
    'already_decided',
    phrase`This deployment is already being aborted${who}.`,
    'Its card shows when every host is back on its old version.',
  );
}
