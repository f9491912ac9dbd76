import type { Container } from '../client/types.ts';
import type { HostRun } from './types.ts';

/** What a rollout writes on the containers it makes, so that a host tells the story without the store. */
export const LABELS = {
  deploy: 'fairlead.deploy',
  target: 'fairlead.target',
  previous: 'fairlead.prev',
  previousPolicy: 'fairlead.prev-policy',
  image: 'fairlead.image',
  by: 'fairlead.by',
  /** On the tasks of a Swarm update: no container that a rollout made, so none that is kept for it. */
  update: 'fairlead.update',
} as const;

/** How long a version that failed stays on its host, to be looked at. */
const FAILED_KEPT_MS = 24 * 3_600_000;

export interface RolloutNames {
  /** Made but not live; as nobody can make a second one, it also keeps two rollouts apart. */
  readonly candidate: string;
  readonly previous: string;
  readonly failed: string;
  /** Of a version started beside the old one: a running container cannot be renamed without leaving stale DNS. */
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

/** The container that serves under a live name: of that name, or the one a start-first rollout made for it. */
export function liveContainer<T extends Named>(containers: readonly T[], live: string): T | undefined {
  return containers.find((item) => ownName(item) === live) ?? startFirstVersions(containers, live)[0];
}

/** Those that start-first rollouts made, running ones first, then by age: more than one runs only after a crash. */
export function startFirstVersions<T extends Named>(containers: readonly T[], live: string): T[] {
  const isVersion = (item: T) =>
    item.labels[LABELS.target] === live &&
    ownName(item) === rolloutNames(live, item.labels[LABELS.deploy] ?? '').versioned;
  const stopped = (item: T) => Number(item.state !== 'running');
  return containers
    .filter(isVersion)
    .toSorted((a, b) => stopped(a) - stopped(b) || (a.createdAt - b.createdAt) * (stopped(a) === 0 ? 1 : -1));
}

/** Longer than one stays unstarted in a rollout that is under way, which may wait for a stop, by clocks that differ. */
const ABANDONED_MS = 30 * 60_000;

/** One that a rollout made, never started, and lost sight of: its engine answered too late. It is in nobody's use. */
export function isAbandoned(item: Named, live: string): boolean {
  const { candidate, versioned } = rolloutNames(live, item.labels[LABELS.deploy] ?? '');
  // The labels alone come with an image, to whatever somebody makes of it.
  const isOurs = Object.hasOwn(item.labels, LABELS.deploy) && [candidate, versioned].includes(ownName(item));
  return isOurs && item.state === 'created' && item.createdAt < Date.now() - ABANDONED_MS;
}

/** Earlier versions of a live name that are kept, newest first. */
export function previousVersions<T extends Named>(containers: readonly T[], live: string): T[] {
  const at = (item: T) => deployIdIn(item, `${live}.prev-`) ?? '';
  return containers.filter((item) => at(item) !== '').toSorted((a, b) => (at(a) < at(b) ? 1 : -1));
}

export function failedVersions<T extends Named>(containers: readonly T[], live: string): T[] {
  return containers
    .filter((item) => item.labels[LABELS.deploy] === (deployIdIn(item, `${live}.failed-`) ?? ''))
    .toSorted((a, b) => b.createdAt - a.createdAt);
}

/** The live name of a version that a rollout set aside, by the name it was given; undefined for every other name. */
export const liveNameOf = (name: string): string | undefined =>
  /^(.+)\.(?:prev|failed)-[0-9A-HJKMNP-TV-Z]{26}$/u.exec(name)?.[1];

/** Whether a name is one that rollouts give to versions they set aside. */
export const isSetAside = (name: string) => liveNameOf(name) !== undefined;

/** Of a name with that beginning, the deployment it ends with. People give such names too; theirs end otherwise. */
function deployIdIn(item: Named, beginning: string): string | undefined {
  const name = ownName(item);
  const id = name.startsWith(beginning) ? name.slice(beginning.length) : '';
  return /^[0-9A-HJKMNP-TV-Z]{26}$/u.test(id) ? id : undefined;
}

/**
 * The ids of containers a prune must not offer: what there is for going back, what a rollout is at work on, and what
 * failed within the last day.
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
