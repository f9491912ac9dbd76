import type { Engine } from '../../docker/client/engine.ts';
import type { Container } from '../../docker/client/types.ts';
import { startFirstVersions } from '../../docker/rollout/names.ts';
import { type Choice, code, UserError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { onHosts } from '../choices.ts';
import type { Deps } from '../deps.ts';
import { settle } from '../over-hosts.ts';
import type { HostFailure, Request } from '../request.ts';

/** Where to look is a guess when nobody named a host, so a slow host is named rather than waited for. */
const LOOK_MS = 3000;

export interface Place {
  readonly host: string;
  readonly container: Container;
}

/**
 * The hosts of the request that have the container, and those that could not say. Throws a `UserError` when none has it,
 * with the nearest name there is.
 */
export async function findPlaces(
  request: Request,
  typed: string,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<{ readonly places: readonly Place[]; readonly failures: readonly HostFailure[] }> {
  const service = deps.config.services.get(typed);
  const own = service?.kind === 'container' ? service.container.name : typed;
  const find = async (engine: Engine) => {
    const first = await findContainer(engine, typed, signal);
    return first.found || own === typed ? first : findContainer(engine, own, signal);
  };
  const outcomes = await deps.hosts.each(request.hosts, find, {
    signal,
    ...(request.hostsNamed ? {} : { deadlineMs: LOOK_MS }),
  });
  const { values, failures } = settle(outcomes, deps.redact);
  const places = values.flatMap(({ host, value }) => (value.found ? [{ host, container: value.found }] : []));
  if (places.length === 0 && values.length > 0) {
    const hosts = values.map(({ host }) => host);
    const names = values.flatMap(({ value }) => value.names);
    throw noContainer(typed, hosts, names, failures);
  }
  return { places, failures };
}

/** Asks on which host, when nobody said and several have it. */
export function whichHost(
  request: Request,
  typed: string,
  hosts: readonly string[],
  failures: readonly HostFailure[],
): UserError {
  const choices: Choice[] = hosts.slice(0, 9).map((host) => ({ label: host, line: onHosts(request.line, [host]) }));
  return new UserError(
    'ambiguous',
    `${code(typed)} is on ${inWords(hosts)}. Which one?${silent(failures)}`,
    `Press one, or add \`@host\`${hosts.length > choices.length ? ' for the others' : ''}.`,
    { choices },
  );
}

/**
 * The container a person means: one of that name or, after a start-first rollout, made for it, running ones first; else an
 * id or its first four or more digits. Typed text is only compared here; what goes to the engine afterwards is the full
 * id. Undefined when this host has none.
 */
export async function findContainer(
  engine: Engine,
  typed: string,
  signal: AbortSignal,
): Promise<{ found: Container | undefined; names: readonly string[] }> {
  const containers = await engine.listContainers({ all: true }, { signal });
  const names = containers.flatMap((container) => container.names);
  const exact = containers.filter((container) => container.names.includes(typed));
  const called = [...exact, ...startFirstVersions(containers, typed)];
  const named = called.find(({ state }) => state === 'running') ?? called[0];
  if (named) return { found: named, names };
  if (!/^[0-9a-f]{4,64}$/u.test(typed)) return { found: undefined, names };
  const byId = containers.filter((container) => container.id.startsWith(typed));
  if (byId.length > 1)
    throw new UserError(
      'ambiguous',
      `${code(typed)} is the beginning of ${byId.length} container ids.`,
      byId
        .slice(0, 5)
        .map((item) => `\`${item.id.slice(0, 12)}\` ${item.names[0] ?? ''}`)
        .join(', '),
    );
  return { found: byId[0], names };
}

export function noContainer(
  typed: string,
  hosts: readonly string[],
  names: readonly string[],
  failures: readonly HostFailure[],
): UserError {
  // `shop` is said for `demo-shop-1` too.
  const near = nearest(typed, names) ?? names.find((name) => typed.length > 1 && name.includes(typed.toLowerCase()));
  const tip = near === undefined ? phrase`See ${commandLine('ps -a')}.` : `Did you mean \`${near}\`?`;
  return new UserError(
    'not_found',
    `There is no container ${code(typed)} on ${inWords(hosts)}.${silent(failures)}`,
    tip,
  );
}

function silent(failures: readonly HostFailure[]): string {
  return failures.length === 0 ? '' : ` Not known: ${inWords(failures.map(({ host }) => host))} did not answer.`;
}

// A fleet's names would bury the sentence.
function inWords(hosts: readonly string[]): string {
  if (hosts.length > 6) return `${hosts.slice(0, 5).join(', ')} and ${hosts.length - 5} more hosts`;
  return [hosts.slice(0, -1).join(', '), ...hosts.slice(-1)].filter((part) => part !== '').join(' and ');
}
