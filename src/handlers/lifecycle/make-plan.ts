import { UserError } from '../../domain/errors.ts';
import type { Deps } from '../deps.ts';
import { settle } from '../over-hosts.ts';
import type { HostFailure } from '../request.ts';
import { planHost } from './plan.ts';
import type { Act, LifecyclePlan } from './types.ts';

/** Inspecting a host takes a few quick calls; one that takes longer is named as the one that did not answer. */
const PLAN_MS = 15_000;

export interface Wished {
  readonly act: Act;
  /** Full ids by host. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
}

/** Looks at every host and says what an action will do there. Throws a `UserError` when one does not answer. */
export async function makePlan(
  { act, ids }: Wished,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<LifecyclePlan> {
  const outcomes = await deps.hosts.each(
    [...ids.keys()],
    (engine, host) => planHost(engine, { host, act, ids: ids.get(host) ?? [], signal }, deps.config),
    { signal, deadlineMs: PLAN_MS },
  );
  const { values, failures } = settle(outcomes, deps.redact);
  if (failures.length > 0) throw unreachable(failures);
  return { act, hosts: values.map(({ value }) => value) };
}

/** Nothing is begun where it is not known what would happen on every host. */
export function unreachable(failures: readonly HostFailure[]): UserError {
  const said = failures.slice(0, 5).map(({ host, summary }) => `${host}: ${summary}`);
  return new UserError('unreachable', `Nothing was done. ${said.join(' ')}`, failures[0]?.tryThis);
}
