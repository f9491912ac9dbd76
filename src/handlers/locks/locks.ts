import type { ListArgs } from '../../commands/language/fields.ts';
import { select } from '../../domain/selector.ts';
import type { Lock, QueueEntry } from '../../store/locks.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';

export interface LocksResult {
  readonly kind: 'locks';
  readonly at: number;
  readonly locks: readonly (Lock & { readonly line: readonly QueueEntry[] })[];
}

export const locks = handler<ListArgs, LocksResult>()(['config', 'now', 'store'], async ({ hosts }, deps) => {
  const at = deps.now();
  const held = (await deps.store.locks.list(at)).filter((one) => concerns(one, hosts, deps));
  const withLine = await Promise.all(
    held.map(async (one) => ({ ...one, line: await deps.store.locks.queue(one.service) })),
  );
  return { kind: 'locks', at, locks: withLine };
});

/** Whether a lock is in the way on one of these hosts; that of a service that is in the config no more is nobody's. */
function concerns(
  { service, host }: Lock,
  hosts: readonly string[],
  { config }: Pick<Deps, 'config' | 'now' | 'store'>,
): boolean {
  const known = config.services.get(service);
  const on = host === undefined ? (known ? select(known.hosts, config.hosts) : []) : [host];
  return on.some((one) => hosts.includes(one));
}
