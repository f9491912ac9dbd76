import type { UnlockArgs } from '../../commands/locks/unlock.ts';
import { handler } from '../handler.ts';
import { noteToNext } from './note-to-next.ts';
import { changedHands, theirs } from './theirs.ts';

export interface UnlockResult {
  readonly kind: 'unlocked';
  readonly service: string;
  readonly audit: string;
}

export const unlock = handler<UnlockArgs, UnlockResult>()(['config', 'now', 'store'], async (request, deps) => {
  const { service, of } = request.args;
  const { token } = await theirs(service, request, of, deps);
  const at = deps.now();
  if (!(await deps.store.locks.release(token, at, noteToNext(at)))) throw changedHands();
  return { kind: 'unlocked', service, audit: `${service} unlocked` };
});
