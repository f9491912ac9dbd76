import { nearest } from '../../domain/nearest.ts';
import { familiar, type ImageReference, parseReference } from '../../domain/reference.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';

/** A registry seldom lists its repositories; what these hosts have of it, and the services seen use, answers in no time. */
const DEADLINE_MS = 3000;

/** The repository of the same registry that was meant, of those known here; undefined when none is near. */
export async function nearRepository(
  { registry, path }: ImageReference,
  request: Pick<Request, 'hosts' | 'channel' | 'membership'>,
  deps: Pick<Deps, 'hosts' | 'config'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const options = { signal, deadlineMs: DEADLINE_MS };
  const outcomes = await deps.hosts.each(
    request.hosts,
    (engine) => engine.listImages({ all: false, filters: {} }, { signal }),
    options,
  );
  const names = [
    ...servicesSeen(request, deps.config).flatMap((service) => deps.config.services.get(service)?.image ?? []),
    ...outcomes.flatMap((outcome) => (outcome.ok ? outcome.value.flatMap(({ tags }) => tags) : [])),
  ];
  const known = new Set(names.flatMap((name) => pathIn(registry, name)));
  known.delete(path);
  const near = misspelt(path, [...known]);
  return near === undefined ? undefined : familiar({ registry, path: near, tag: undefined, digest: undefined });
}

function pathIn(registry: string, name: string): string[] {
  try {
    const reference = parseReference(name);
    return reference.registry === registry ? [reference.path] : [];
  } catch {
    // An engine may have names from before there were rules for them.
    return [];
  }
}

// Of neighbours only their own part counts: `team/app` is not what `team/shpo` was meant to be, however much they share.
function misspelt(path: string, known: readonly string[]): string | undefined {
  const own = path.lastIndexOf('/') + 1;
  const parent = path.slice(0, own);
  const isNeighbour = (other: string) => other.startsWith(parent) && !other.includes('/', own);
  const neighbour = nearest(
    path.slice(own),
    known.filter(isNeighbour).map((other) => other.slice(own)),
  );
  if (neighbour !== undefined) return parent + neighbour;
  return nearest(
    path,
    known.filter((other) => !isNeighbour(other)),
  );
}
