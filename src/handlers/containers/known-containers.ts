import type { Container } from '../../docker/client/types.ts';
import type { Hosts } from '../../docker/limits/hosts.ts';
import { ownName } from '../../docker/rollout/names.ts';

/** A container as it can be chosen. */
export type Known = Pick<Container, 'id' | 'names' | 'labels' | 'state' | 'status' | 'createdAt'>;

export interface KnownOnHost {
  readonly host: string;
  readonly containers: readonly Known[];
}

/** What hosts were last seen to have, for those who choose a container while they type. */
export interface KnownContainers {
  /** Lists the containers of hosts: read anew when older than some seconds; of a host that is late, as it was last. */
  list(hosts: readonly string[], person: string, signal: AbortSignal): Promise<readonly KnownOnHost[]>;
}

/** Each letter that is typed asks again, and a list is seldom other than ten seconds before. */
const FRESH_MS = 10_000;
/** Slack waits 3 s for options. */
const ANSWER_MS = 2000;
/** Of a host; more are found by typing on, which does not reach beyond either. */
const MOST_KEPT = 2000;

interface Kept {
  readonly at: number;
  readonly containers: readonly Known[];
}

export function createKnownContainers(hosts: Pick<Hosts, 'askedBy'>, freshMs = FRESH_MS): KnownContainers {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<unknown>>();
  const isFresh = (host: string) => performance.now() - (kept.get(host)?.at ?? Number.NEGATIVE_INFINITY) < freshMs;
  const read = async (host: string, person: string, signal: AbortSignal) => {
    const [outcome] = await hosts
      .askedBy(person)
      .each([host], (engine) => engine.listContainers({ all: true }), { signal, deadlineMs: ANSWER_MS });
    if (!outcome?.ok) return;
    const containers = outcome.value.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, MOST_KEPT);
    kept.set(host, { at: performance.now(), containers: containers.map(trimmed) });
  };
  const refresh = (host: string, person: string, signal: AbortSignal) => {
    const reading = underWay.get(host) ?? read(host, person, signal).finally(() => underWay.delete(host));
    underWay.set(host, reading);
    return reading;
  };
  return {
    async list(names, person, signal) {
      await Promise.all(names.filter((host) => !isFresh(host)).map((host) => refresh(host, person, signal)));
      return names.flatMap((host) => {
        const found = kept.get(host);
        return found ? [{ host, containers: found.containers }] : [];
      });
    },
  };
}

const trimmed = ({ id, names, labels, state, status, createdAt }: Container): Known => ({
  id,
  names: [ownName({ names })],
  labels: Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith('fairlead.'))),
  state,
  status,
  createdAt,
});
