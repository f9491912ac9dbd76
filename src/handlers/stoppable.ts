import { messageOf } from '../domain/errors.ts';
import type { Deps } from './deps.ts';
import type { Request } from './request.ts';

/**
 * Runs what may take hours, such as a pull, so that its person can end it by the *Stop* of its message: its signal fires then.
 * Where the store cannot remember it, it runs all the same.
 */
export async function stoppable<T>(
  { id, person }: Pick<Request, 'id' | 'person'>,
  { live, log }: Pick<Deps, 'live' | 'log'>,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const request = await live.start({ id, person, until: NOT_FOLLOWED }, parent).catch((error: unknown) => {
    log.warn({ err: messageOf(error) }, 'Its person cannot stop it');
    return undefined;
  });
  try {
    return await work(request?.signal ?? parent);
  } finally {
    await request?.end();
  }
}

/** Of what a person follows only so many may go on at once; this is none of it. */
const NOT_FOLLOWED = 0;
