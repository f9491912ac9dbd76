import type { CommandSpec } from '../commands/define.ts';
import { code } from '../errors.ts';
import type { Deps, Incoming } from './types.ts';

/** Where a request is judged, which is where it was said but for one case. */
export interface Judged {
  readonly channel: string;
  /** What is missing, where there is more to say of it than that the channel is in no config. */
  readonly missing?: string;
}

/**
 * A holder is reminded of their lock, and asked for it, in their direct messages, which are in no config. There they may
 * do what they may in the channel where they took it.
 */
export async function judgedIn(
  incoming: Incoming,
  spec: CommandSpec,
  service: string | undefined,
  deps: Pick<Deps, 'config' | 'store' | 'now'>,
): Promise<Judged> {
  const { channel, person } = incoming;
  const here = { channel };
  if (!spec.ofLock || service === undefined || !channel.startsWith('D') || deps.config.channels.has(channel))
    return here;
  const held = await deps.store.locks.of(service, deps.now());
  const own = held.find(({ owner }) => owner === person);
  if (own) return { channel: own.channel };
  const now = held[0] ? `<@${held[0].owner}> holds it now` : 'it is free';
  return { channel, missing: `You hold no lock on ${code(service)} any more: ${now}. Nothing was changed.` };
}
