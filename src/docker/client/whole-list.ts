import { EngineError } from './engine-error.ts';

const TRIES = 4;
/** Of sizes of containers, with status 500: `rw layer snapshot not found for container …`. */
const LOST_SNAPSHOT = /snapshot.{0,200}not found/u;

/**
 * Asks again for a list of all there is while something of it is being removed: containerd's store then fails with
 * `content digest … not found` or `snapshot … does not exist` instead of leaving it out. Measured on 28.5 under constant
 * loading and removal: 3 of 100 lists of images, 12 of 100 counts of disk usage. Each try has its own deadline.
 */
export async function wholeList<T>(list: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await list();
    } catch (error) {
      if (attempt === TRIES || !isRemoval(error)) throw error;
    }
  }
}

const isRemoval = (error: unknown) =>
  error instanceof EngineError &&
  (error.fault === 'not_found' || (error.status === 500 && LOST_SNAPSHOT.test(error.engineSaid)));
