import { UserError } from '../../domain/errors.ts';
import type { Deps } from '../deps.ts';
import type { Request, Run } from '../request.ts';

const LONGEST_MS = 60 * 60_000;
const FOLLOWS_EACH = 3;
const NEVER = new AbortController().signal;

/** Why something that was followed ended by our own doing. */
export type FollowEnd = 'time' | 'stopped' | 'deleted' | 'shutdown';

export interface Following {
  /** Fires when the time is up, its person stops it, its message is deleted, or the process shuts down. */
  readonly signal: AbortSignal;
  /** Unix milliseconds at which the time is up. */
  readonly until: number;
  /** Undefined while nothing has ended it. */
  why(): FollowEnd | undefined;
  end(): Promise<void>;
}

/** Begins to follow something for `forMs`, an hour at most. Throws a `UserError` `busy` when the person follows enough. */
export async function startFollowing(
  { id, person }: Pick<Request, 'id' | 'person'>,
  forMs: number,
  { live, now }: Pick<Deps, 'live' | 'now'>,
  { signal: shutdown, unseen = NEVER }: Pick<Run, 'signal' | 'unseen'>,
): Promise<Following> {
  if ((await live.count(person)) >= FOLLOWS_EACH)
    throw new UserError('busy', `You already follow ${FOLLOWS_EACH}; stop one first.`);
  const ms = Math.min(forMs, LONGEST_MS, live.mostMs());
  const until = now() + ms;
  const entry = await live.start({ id, person, until }, shutdown);
  const time = AbortSignal.timeout(ms);
  return {
    signal: AbortSignal.any([entry.signal, unseen, time]),
    until,
    why() {
      if (entry.stoppedBy() !== undefined) return 'stopped';
      if (unseen.aborted) return 'deleted';
      if (shutdown.aborted) return 'shutdown';
      return time.aborted ? 'time' : undefined;
    },
    end: () => entry.end(),
  };
}
