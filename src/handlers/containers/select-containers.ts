import type { Engine } from '../../docker/client/engine.ts';
import type { Container } from '../../docker/client/types.ts';
import { type Choice, code, UserError } from '../../domain/errors.ts';
import { onHosts, withWord } from '../choices.ts';
import type { Deps } from '../deps.ts';
import { settle } from '../over-hosts.ts';
import type { HostFailure, Request } from '../request.ts';
import { inWords, nearName, noContainers, severalIds, silent } from './find-container.ts';
import { type Picked, pickCalled } from './pick-container.ts';

/** Where to look is a guess when nobody named a host, so a slow host is named rather than waited for. */
const LOOK_MS = 3000;

const MOST_CHOICES = 9;

export interface Place {
  readonly host: string;
  readonly container: Container;
}

export interface Selection {
  /** Each container once, in the order of the words, then of the hosts. */
  readonly places: readonly Place[];
  /** Hosts that did not say what they have. */
  readonly failures: readonly HostFailure[];
}

export interface Selecting {
  readonly signal: AbortSignal;
  /** What a name means that is on several hosts when nobody named a host: each of them, or a question. */
  readonly onSeveralHosts: 'all' | 'ask';
}

/**
 * Selects the containers that typed words mean on the hosts of the request: names, services of the config, ids or the first
 * four or more digits of one. Without words it is every container, stopped ones too. One list call a host.
 *
 * Throws a `UserError`: `not_found` names every word that no host has, with the nearest names; `ambiguous` offers the line
 * for each id or host that may be meant. Where every host failed, there is nothing but `failures`.
 */
export async function selectContainers(
  request: Request,
  typed: readonly string[],
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  { signal, onSeveralHosts }: Selecting,
): Promise<Selection> {
  const list = (engine: Engine) => engine.listContainers({ all: true }, { signal });
  const limit = request.hostsNamed ? {} : { deadlineMs: LOOK_MS };
  const outcomes = await deps.hosts.each(request.hosts, list, { signal, ...limit });
  const { values, failures } = settle(outcomes, deps.redact);
  const hosts = values.map(({ host, value }) => ({ host, containers: value }));
  const selected = selectFrom(request, typed, deps, { hosts, failures });
  if (onSeveralHosts === 'ask' && !request.hostsNamed) askForHost(request, selected, failures);
  return { places: unique(selected.flatMap(({ places }) => places)), failures };
}

/** What hosts have. */
export interface Listed {
  readonly hosts: readonly { readonly host: string; readonly containers: readonly Container[] }[];
  readonly failures: readonly HostFailure[];
}

/** One typed word and where it is. */
interface Selected {
  readonly typed: string;
  readonly places: readonly Place[];
}

/** As `selectContainers`, from lists that are there already. */
export function selectFrom(
  request: Request,
  typed: readonly string[],
  { config }: Pick<Deps, 'config'>,
  { hosts, failures }: Listed,
): readonly Selected[] {
  const all = hosts.flatMap(({ host, containers }) => containers.map((container) => ({ host, container })));
  if (typed.length === 0) return [{ typed: '', places: all }];
  if (hosts.length === 0) return [];
  const found = [...new Set(typed)].map((word) => ({ typed: word, ...whereIs(word, config, hosts) }));
  const missing = found.flatMap((one) => (one.places.length === 0 ? [one.typed] : []));
  const names = all.flatMap(({ container }) => container.names);
  if (missing.length > 0)
    throw noContainers(
      missing,
      { hosts: hosts.map(({ host }) => host), names, failures },
      nearChoice(request, missing, names),
    );
  for (const one of found) refuseSeveralIds(request, one);
  return found;
}

function whereIs(
  typed: string,
  config: Deps['config'],
  hosts: Listed['hosts'],
): Omit<Selected, 'typed'> & Pick<Picked, 'by'> {
  const picked = hosts
    .map(({ host, containers }) => ({ host, ...pickCalled(containers, typed, config) }))
    .filter(({ found }) => found.length > 0);
  // A name on one host is meant, whatever ids of another begin so.
  const by = picked.some((one) => one.by === 'name') ? 'name' : 'id';
  const places = picked
    .filter((one) => one.by === by)
    .flatMap(({ host, found }) => found.map((container) => ({ host, container })));
  return { by, places };
}

function refuseSeveralIds(request: Request, { typed, places, by }: Selected & Pick<Picked, 'by'>): void {
  const byId = new Map(places.map((place) => [place.container.id, place]));
  if (by === 'name' || byId.size < 2) return;
  const choices = [...byId.values()].flatMap(({ host, container }) =>
    lineWith(request, [{ typed, name: container.id.slice(0, 12) }], `${container.names[0] ?? ''} on ${host}`),
  );
  throw severalIds(
    typed,
    [...byId.values()].map(({ container }) => container),
    choices.slice(0, MOST_CHOICES),
  );
}

/** Throws the question on which host, where nobody said and a name is on several; a button for each host that has every name. */
export function askForHost(
  request: Request,
  selected: readonly { readonly typed: string; readonly places: readonly Pick<Place, 'host'>[] }[],
  failures: readonly HostFailure[],
): void {
  const on = selected.map(({ typed, places }) => ({ typed, hosts: places.map(({ host }) => host) }));
  const several = on.filter(({ hosts }) => hosts.length > 1);
  if (several.length === 0) return;
  const text = several.map(({ typed, hosts }) => `${code(typed)} is on ${inWords(hosts)}`).join('; ');
  const common = (several[0]?.hosts ?? []).filter((host) => on.every(({ hosts }) => hosts.includes(host)));
  const choices = isShown(request)
    ? common.slice(0, MOST_CHOICES).map((host) => ({ label: host, line: onHosts(request.line, [host]) }))
    : [];
  const others = common.length > choices.length ? ' for the others' : '';
  const hint =
    choices.length > 0
      ? `Press one, or add \`@host\`${others}.`
      : common.length > 0
        ? 'Add `@host`.'
        : 'No host has all of them. Name those of one host.';
  throw new UserError('ambiguous', `${text}. Which one?${silent(failures)}`, hint, { choices });
}

/** The whole line with the names that were meant, where each word has one. */
function nearChoice(request: Request, missing: readonly string[], names: readonly string[]): Choice[] {
  const near = missing.flatMap((typed) => {
    const name = nearName(typed, names);
    return name === undefined ? [] : [{ typed, name }];
  });
  const label = near.map(({ name }) => name).join(' ');
  return near.length === missing.length ? lineWith(request, near, label) : [];
}

function lineWith(
  request: Request,
  instead: readonly { readonly typed: string; readonly name: string }[],
  label: string,
): Choice[] {
  let line: string | undefined = isShown(request) ? request.line : undefined;
  for (const { typed, name } of instead) line = line && withWord(line, typed, name);
  return line === undefined ? [] : [{ label, line }];
}

// A button carries its line through Slack, where no secret may be.
const isShown = ({ line, shownLine }: Request) => line === shownLine;

function unique(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [`${place.host} ${place.container.id}`, place])).values()];
}
