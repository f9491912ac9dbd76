import type { Deps } from './deps.ts';
import type { Request } from './request.ts';

/** Runs what may take hours, such as a pull, so that its person can end it by the *Stop* of its message: its signal fires then. */
export async function stoppable<T>(
  { id, person }: Pick<Request, 'id' | 'person'>,
  { live }: Pick<Deps, 'live'>,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const request = await live.start({ id, person, until: NOT_FOLLOWED }, parent);
  try {
    return await work(request.signal);
  } finally {
    await request.end();
  }
}

/** Of what a person follows only so many may go on at once; this is none of it. */
const NOT_FOLLOWED = 0;
