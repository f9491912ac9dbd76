import type { Container } from '../client/types.ts';
import type { HostRun } from './types.ts';

/** Labels on containers that a rollout creates, so a host can be read without the store. */
export const LABELS = {
  deploy: 'fairlead.deploy',
  target: 'fairlead.target',
  previous: 'fairlead.prev',
  previousPolicy: 'fairlead.prev-policy',
  image: 'fairlead.image',
  by: 'fairlead.by',
  /** On the tasks of a Swarm update, whose containers were not created by a rollout and are not kept for one. */
  update: 'fairlead.update',
} as const;

/** How long a failed version stays on its host, for inspection. */
const FAILED_KEPT_MS = 24 * 3_600_000;

export interface RolloutNames {
  /** Created but not live. The name is unique on a host, so it also prevents two rollouts at once. */
  readonly candidate: string;
  readonly previous: string;
  readonly failed: string;
  /**
   * Name of a version started beside the old one: a running container cannot be renamed without leaving a stale DNS
   * name.
   */
  readonly versioned: string;
}

export function rolloutNames(live: string, deployId: string): RolloutNames {
  return {
    candidate: `${live}.candidate`,
    previous: `${live}.prev-${deployId}`,
    failed: `${live}.failed-${deployId}`,
    versioned: `${live}-${deployId.slice(-8).toLowerCase()}`,
  };
}

export function rolloutLabels({ deployId, by, plan, wanted }: HostRun): Record<string, string> {
  const { repository, tag, digest } = wanted.image;
  return {
    [LABELS.deploy]: deployId,
    [LABELS.target]: plan.name,
    [LABELS.image]: `${repository}${tag === undefined ? '' : `:${tag}`}@${digest}`,
    [LABELS.by]: by,
    ...(plan.now && {
      [LABELS.previous]: plan.now.containerId,
      [LABELS.previousPolicy]: JSON.stringify(plan.now.restartPolicy),
    }),
  };
}

type Named = Pick<Container, 'id' | 'names' | 'labels' | 'state' | 'createdAt'>;

export const ownName = ({ names }: Pick<Container, 'names'>) => names.find((name) => !name.includes('/')) ?? '';

/**
 * The container that serves under a live name: the one of that name, or the one a start-first rollout created for it.
 */
export function liveContainer<T extends Named>(containers: readonly T[], live: string): T | undefined {
  return containers.find((item) => ownName(item) === live) ?? startFirstVersions(containers, live)[0];
}

/**
 * Containers that start-first rollouts created, running ones first, then by age. More than one runs only after a crash.
 */
export function startFirstVersions<T extends Named>(containers: readonly T[], live: string): T[] {
  const isVersion = (item: T) =>
    item.labels[LABELS.target] === live &&
    ownName(item) === rolloutNames(live, item.labels[LABELS.deploy] ?? '').versioned;
  const stopped = (item: T) => Number(item.state !== 'running');
  return containers
    .filter(isVersion)
    .toSorted((a, b) => stopped(a) - stopped(b) || (a.createdAt - b.createdAt) * (stopped(a) === 0 ? 1 : -1));
}

/** Longer than a container stays unstarted in a running rollout, which may wait for a stop, with clocks that differ. */
const ABANDONED_MS = 30 * 60_000;

/**
 * Whether a rollout created this container and lost it before it was started, because the engine answered too late.
 * Nothing uses it.
 */
export function isAbandoned(item: Named, live: string): boolean {
  const { candidate, versioned } = rolloutNames(live, item.labels[LABELS.deploy] ?? '');
  // Labels alone do not prove it: an image can carry them to any container.
  const isOurs = Object.hasOwn(item.labels, LABELS.deploy) && [candidate, versioned].includes(ownName(item));
  return isOurs && item.state === 'created' && item.createdAt < Date.now() - ABANDONED_MS;
}

/** Running containers that rollouts created for this name and that somebody has renamed since: no rollout finds them. */
export function renamedVersions<T extends Named>(containers: readonly T[], live: string): T[] {
  return containers.filter((item) => {
    const name = ownName(item);
    const { candidate, versioned } = rolloutNames(live, item.labels[LABELS.deploy] ?? '');
    const isExpected = [live, candidate, versioned].includes(name) || isSetAside(name);
    return item.labels[LABELS.target] === live && item.state === 'running' && !isExpected;
  });
}

/** Kept earlier versions of a live name, newest first. */
export function previousVersions<T extends Named>(containers: readonly T[], live: string): T[] {
  const at = (item: T) => deployIdIn(item, `${live}.prev-`) ?? '';
  return containers.filter((item) => at(item) !== '').toSorted((a, b) => (at(a) < at(b) ? 1 : -1));
}

export function failedVersions<T extends Named>(containers: readonly T[], live: string): T[] {
  return containers
    .filter((item) => item.labels[LABELS.deploy] === (deployIdIn(item, `${live}.failed-`) ?? ''))
    .toSorted((a, b) => b.createdAt - a.createdAt);
}

/** The live name of a version that a rollout set aside, from its own name; undefined for every other name. */
export const liveNameOf = (name: string): string | undefined =>
  /^(.+)\.(?:prev|failed)-[0-9A-HJKMNP-TV-Z]{26}$/u.exec(name)?.[1];

/** Whether a rollout gave this name to a version it set aside. */
export const isSetAside = (name: string) => liveNameOf(name) !== undefined;

/** The deployment id at the end of a name with that beginning. Names that people give end otherwise. */
function deployIdIn(item: Named, beginning: string): string | undefined {
  const name = ownName(item);
  const id = name.startsWith(beginning) ? name.slice(beginning.length) : '';
  return /^[0-9A-HJKMNP-TV-Z]{26}$/u.test(id) ? id : undefined;
}

/**
 * Ids of containers that a prune must not offer: versions to roll back to, containers of a running rollout, and
 * versions that failed within the last day.
 */
export function keptByRollouts(containers: readonly Named[], now: number): ReadonlySet<string> {
  const targets = new Set(containers.map((item) => item.labels[LABELS.target]));
  const isKept = (item: Named) => {
    const name = ownName(item);
    if (/\.failed-[0-9A-Za-z]+$/u.test(name)) return item.createdAt > now - FAILED_KEPT_MS;
    return (
      /\.prev-[0-9A-Za-z]+$/u.test(name) || Object.hasOwn(item.labels, LABELS.deploy) || targets.has(ownName(item))
    );
  };
  return new Set(containers.filter(isKept).map(({ id }) => id));
}
