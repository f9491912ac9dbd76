import type { UnlockArgs } from '../../commands/locks/unlock.ts';
import { handler } from '../handler.ts';
import { tellNext } from './tell-next.ts';
import { changedHands, theirs } from './theirs.ts';

export interface UnlockResult {
  readonly kind: 'unlocked';
  readonly service: string;
  readonly audit: string;
}

export const unlock = handler<UnlockArgs, UnlockResult>()(
  ['board', 'config', 'now', 'store'],
  async (request, deps) => {
    const { service, of } = request.args;
    const { token } = await theirs(service, request, of, deps);
    if (!(await deps.store.locks.release(token, deps.now()))) throw changedHands();
    await tellNext(service, deps);
    return { kind: 'unlocked', service, audit: `${service} unlocked` };
  },
);
