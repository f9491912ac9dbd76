import { posix } from 'node:path';
import type { Engine } from '../../../docker/client/engine.ts';
import type { PathStatOf } from '../../../docker/shapes/path-stat.ts';

/** Links that are followed on the way to a file, and parts of a path that are looked at. */
const MOST_LINKS = 16;
const MOST_LOOKS = 80;

/** Where a path of a container leads: every path on the way, the last one without links in it, and what is there. */
export interface Resolved {
  readonly paths: readonly string[];
  readonly path: string;
  readonly stat: PathStatOf;
}

/** What a path cannot be resolved for. */
export class TooManyLinks extends Error {
  override readonly name = 'TooManyLinks';
}

/**
 * Resolves every link in a path through the engine, part by part, so that what is judged is where the file really is. The
 * engine resolves them within the container; nothing of the host can be named. Rejects with the engine's error, as for a
 * path where nothing is, and with `TooManyLinks`.
 */
export async function resolvePath(engine: Engine, id: string, typed: string, signal: AbortSignal): Promise<Resolved> {
  const paths = [posix.normalize(typed)];
  let looks = 0;
  for (let links = 0; links <= MOST_LINKS; links += 1) {
    const path = paths.at(-1) ?? '/';
    const parts = path.split('/').filter((part) => part !== '');
    let at = '';
    let next: string | undefined;
    let stat: PathStatOf | undefined;
    for (const [index, part] of parts.entries()) {
      looks += 1;
      if (looks > MOST_LOOKS) throw new TooManyLinks();
      at = `${at}/${part}`;
      stat = await engine.statPath(id, at, { signal });
      if (stat.kind !== 'link') continue;
      // A relative one begins at the folder the link is in.
      next = posix.resolve(posix.dirname(at), stat.linkTarget, ...parts.slice(index + 1));
      break;
    }
    stat ??= await engine.statPath(id, '/', { signal });
    if (next === undefined) return { paths, path, stat };
    paths.push(next);
  }
  throw new TooManyLinks();
}
