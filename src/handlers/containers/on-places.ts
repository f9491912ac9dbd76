import type { Engine } from '../../docker/client/engine.ts';
import type { Container } from '../../docker/client/types.ts';
import { createRedactor, type Redact, secretValues } from '../../policy/redact.ts';
import type { Deps } from '../deps.ts';
import { settle } from '../over-hosts.ts';
import type { HostFailure, Request } from '../request.ts';
import { selectContainers } from './select-containers.ts';

export interface OnPlaces<T> {
  readonly values: readonly T[];
  /** Hosts that answered. */
  readonly hosts: readonly string[];
  readonly failures: readonly HostFailure[];
}

/** Does `work` for each container that was named, on its host; asks on which host where a name is on several. */
export async function onPlaces<T>(
  request: Request,
  words: readonly string[],
  { deps, signal }: { readonly deps: Pick<Deps, 'config' | 'hosts' | 'redact'>; readonly signal: AbortSignal },
  work: (engine: Engine, container: Container, host: string) => Promise<T>,
): Promise<OnPlaces<T>> {
  const { places, failures } = await selectContainers(request, words, deps, { signal, onSeveralHosts: 'ask' });
  const on = Map.groupBy(places, ({ host }) => host);
  const each = (engine: Engine, host: string) =>
    Promise.all((on.get(host) ?? []).map(({ container }) => work(engine, container, host)));
  const settled = settle(await deps.hosts.each([...on.keys()], each, { signal, deadlineMs: 60_000 }), deps.redact);
  const hosts = settled.values.map(({ host }) => host);
  return { values: settled.values.flatMap(({ value }) => value), hosts, failures: [...failures, ...settled.failures] };
}

/** Masks what is secret for everybody, and the secrets in a container's environment. */
export async function ownRedactor(
  engine: Engine,
  { id }: Container,
  redact: Redact,
  signal: AbortSignal,
): Promise<Redact> {
  const { env } = await engine.inspectContainer(id, { signal });
  const own = createRedactor(secretValues(env));
  return (text) => redact(own(text));
}
