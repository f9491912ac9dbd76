import type { Container } from '../client/types.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { Draft, Fields } from './draft.ts';
import { liveContainer, liveNameOf, ownName } from './names.ts';
import type { HostContainers } from './survey.ts';
import type { Change } from './types.ts';

// Measured on Docker 20.10 and 28.5: for a shared namespace and for a link of the default bridge, an engine keeps the
// id of the other container. When that one stops, its neighbours lose their network or exit; while it is stopped, and
// after it is removed or replaced, they cannot start. An engine creates a container with such a dependency, and refuses
// to start it.

/** A dependency of one container on another. */
interface Dependency {
  /** The other container as the engine stores it: an id, a name, or the beginning of an id. */
  readonly other: string;
  /** `shares the network of`, followed by the name of the other container. */
  readonly does: string;
  /** Name under which the engine also lists the other container while the link holds. */
  readonly listedAs?: string;
}

const NAMESPACES = [
  ['NetworkMode', 'network'],
  ['PidMode', 'processes'],
  ['IpcMode', 'shared memory'],
] as const;

/** Conflicts of a rollout with other containers: one sentence each, with what to do first. */
export function neighbourConflicts(host: HostContainers, draft: Draft): string[] {
  return host.live
    ? [...missingDependencies(host, host.live.raw, draft), ...dependentContainers(host, host.live.raw)]
    : [];
}

type Find = (reference: string) => Container | undefined;

/** Finds containers as an engine does: by id, name, or unique beginning of an id. */
export function containerFinder(containers: readonly Container[]): Find {
  const byName = new Map(containers.map((item) => [ownName(item), item]));
  const byId = new Map(containers.map((item) => [item.id, item]));
  return (reference) => {
    const name = reference.replace(/^\//u, '');
    const exact = byId.get(name) ?? byName.get(name);
    if (exact || !/^[0-9a-f]{2,63}$/u.test(name)) return exact;
    const [only, ...more] = containers.filter(({ id }) => id.startsWith(name));
    return more.length === 0 ? only : undefined;
  };
}

/**
 * Resolves references for a container that is recreated: a replaced version resolves to the one that serves now.
 * Undefined for a container that does not exist.
 */
export function currentNames(containers: readonly Container[]): (reference: string) => string | undefined {
  const find = containerFinder(containers);
  return (reference) => {
    const found = find(reference);
    const live = found ? liveNameOf(ownName(found)) : reference;
    const current = (live === undefined ? undefined : liveContainer(containers, live)) ?? found;
    return current && ownName(current);
  };
}

/** Dependencies of the container itself: the new version must be able to start, and the old one to be restored. */
function missingDependencies({ containers }: HostContainers, raw: RawContainer, { hostConfig }: Draft): string[] {
  const find = containerFinder(containers);
  const isLost = ({ other, listedAs }: Dependency) => {
    const found = find(other);
    const holds = found && (listedAs === undefined || found.names.includes(listedAs));
    return !holds || !STAYS_UP.includes(found.state);
  };
  const mustReturn = STAYS_UP.includes(raw.State.Status) || raw.State.Status === 'restarting';
  const now = mustReturn ? [...shared(raw.HostConfig), ...links(raw)].filter(isLost) : [];
  const next = [...shared(hostConfig), ...nextLinks(hostConfig)].filter(isLost);
  const same = (one: Dependency) => next.some(({ other }) => other === one.other || find(other) === find(one.other));
  return [
    ...next.map((dependency) => `${raw.Name} ${dependency.does} ${describeMissing(find, dependency)}`),
    ...now
      .filter((dependency) => !same(dependency))
      .map(
        (dependency) =>
          `${raw.Name} ${dependency.does} ${nameIn(find, dependency)}, which is no longer running, so a rollback could not start ${raw.Name} again. ` +
          `Stop ${raw.Name} first (docker stop ${raw.Name}), then deploy.`,
      ),
  ];
}

const STAYS_UP = ['running', 'paused'];

function describeMissing(find: Find, dependency: Dependency): string {
  const found = find(dependency.other);
  const name = nameIn(find, dependency);
  if (!found)
    return `${name}, which no longer exists, so the new version could not start. Create the container again with one that runs.`;
  const first =
    found.state === 'restarting' ? `Wait until ${name} runs.` : `Start ${name} first (docker start ${name}).`;
  return `${name}, which is ${found.state}, so the new version could not start. ${first}`;
}

function nameIn(find: Find, { other }: Dependency): string {
  const found = find(other);
  return found ? ownName(found) : short(other);
}

const short = (reference: string) => (/^[0-9a-f]{64}$/u.test(reference) ? reference.slice(0, 12) : reference);

/** A container that depends on another one, and how. */
export interface Dependent {
  readonly raw: RawContainer;
  /** The other one: the container that was asked about, or another of its dependents. */
  readonly on: RawContainer;
  /** `shares the network of`, `is linked to`; each followed by the name of the other. */
  readonly does: readonly string[];
}

/** Containers in any state that share namespaces of a container or are linked to it, and those that depend on these. */
export function dependentsOf({ containers, others }: HostContainers, raw: RawContainer): Dependent[] {
  const find = containerFinder(containers);
  const dependencies = others.map((one) => ({
    one,
    to: shared(one.HostConfig).map((dependency) => ({ ...dependency, id: find(dependency.other)?.id })),
  }));
  const found = new Map<string, Dependent>();
  const queue = [raw];
  for (const on of queue) {
    const linkers = find(on.Id)?.names.filter((name) => name.includes('/')) ?? [];
    for (const { one, to } of dependencies) {
      const does = [
        ...to.filter(({ id }) => id === on.Id).map((dependency) => dependency.does),
        ...(linkers.some((name) => name.startsWith(`${one.Name}/`)) ? [LINKED] : []),
      ];
      if (does.length === 0 || one.Id === raw.Id || found.has(one.Id)) continue;
      queue.push(one);
      found.set(one.Id, { raw: one, on, does });
    }
  }
  return [...found.values()];
}

function dependentContainers(host: HostContainers, raw: RawContainer): string[] {
  return dependentsOf(host, raw).map(
    ({ raw: { Name }, on, does }) =>
      `${Name} ${does.join(` ${on.Name} and `)} ${on.Name} and would lose it. ` +
      `Remove ${Name} first (docker rm -f ${Name}), and create it again after the deploy.`,
  );
}

const isMount = ({ setting }: Change) => setting.startsWith('mount ') || setting === 'volumes from';

/**
 * Containers that use the volumes of this one (`--volumes-from`): they keep the current volumes, which matters when
 * these change.
 */
export function volumeBorrowers({ containers, others, live }: HostContainers, changes: readonly Change[]): string[] {
  if (!live || !changes.some(isMount)) return [];
  const find = containerFinder(containers);
  return others
    .filter(({ HostConfig }) =>
      HostConfig.VolumesFrom.some((from) => find(from.split(':')[0] ?? '')?.id === live.raw.Id),
    )
    .map(({ Name }) => `${Name} uses the volumes of ${live.raw.Name} (--volumes-from) and keeps the current ones.`);
}

function shared(hostConfig: Fields): Dependency[] {
  return NAMESPACES.flatMap(([key, what]) => {
    const mode = String(hostConfig[key] ?? '');
    return mode.startsWith('container:')
      ? [{ other: mode.slice('container:'.length), does: `shares the ${what} of` }]
      : [];
  });
}

const LINKED = 'is linked to';

/** Links of an existing container; engines return `/other:/this/alias`. */
function links({ HostConfig }: RawContainer): Dependency[] {
  return HostConfig.Links.map((link) => {
    const [other = '', alias = ''] = link.split(':');
    return { other, does: LINKED, listedAs: alias.replace(/^\//u, '') };
  });
}

/** Links of a container to be created: `other:alias`. */
function nextLinks(hostConfig: Fields): Dependency[] {
  return strings(hostConfig['Links']).map((link) => ({ other: link.split(':')[0] ?? '', does: LINKED }));
}

const strings = (value: unknown) => (value ?? []) as readonly string[];
