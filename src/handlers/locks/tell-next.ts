import type { Deps } from '../deps.ts';

/** The first in line hears that it is free. */
export async function tellNext(service: string, deps: Pick<Deps, 'board' | 'store'>): Promise<void> {
  const next = await deps.store.locks.next(service);
  if (next) await deps.board.tell(next.person, { kind: 'lock-free', service, channel: next.channel });
}
