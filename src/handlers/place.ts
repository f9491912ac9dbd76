import type { CommandSpec } from '../commands/language/define.ts';
import { sayMoment } from '../domain/duration.ts';
import { code } from '../domain/errors.ts';
import { mention, type Phrase, phrase } from '../domain/phrase.ts';
import { authorize, groupsThatMatter } from '../policy/authorize.ts';
import type { Lock } from '../store/locks.ts';
import type { Deps } from './deps.ts';
import type { Incoming } from './request.ts';

/** Where a request is judged, which is where it was said but for one case. */
export interface Judged {
  readonly channel: string;
  /** What is missing, where there is more to say of it than that the channel is in no config. */
  readonly missing?: Phrase;
}

type PlaceDeps = Pick<Deps, 'config' | 'store' | 'people' | 'now'>;

/**
 * A holder is reminded of their lock, and asked for it, in their direct messages, which are in no config. There they may
 * do what they may in the channel where they took it.
 */
export async function judgedIn(
  incoming: Incoming,
  spec: CommandSpec,
  service: string | undefined,
  deps: PlaceDeps,
): Promise<Judged> {
  const { channel, person } = incoming;
  const here = { channel };
  if (!spec.ofLock || service === undefined || !channel.startsWith('D') || deps.config.channels.has(channel))
    return here;
  const held = await deps.store.locks.of(service, deps.now());
  const own = held.find(({ owner }) => owner === person);
  if (own) return { channel: own.channel };
  const other = held[0];
  const now = !other
    ? ': it is free'
    : (await mayKnow(incoming, spec, other, deps))
      ? phrase`: ${mention(other.owner)} has held it since ${sayMoment(other.takenAt)}`
      : '';
  return { channel, missing: phrase`You no longer hold a lock on ${code(service)}${now}. Nothing was changed.` };
}

/** Shows a lock's holder only to people who may give the same command in the channel where it was taken. */
async function mayKnow({ person }: Incoming, spec: CommandSpec, lock: Lock, deps: PlaceDeps): Promise<boolean> {
  const { config, people } = deps;
  const { channel, service } = lock;
  if (!(await people.channels(person))?.has(channel)) return false;
  const membership = await people.membership(person, groupsThatMatter(channel, config));
  return authorize({ spec, on: undefined, service, channel, person, membership }, config).kind !== 'deny';
}
