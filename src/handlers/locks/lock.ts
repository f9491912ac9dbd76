import type { LockArgs } from '../../commands/locks/lock.ts';
import { sayDuration } from '../../domain/duration.ts';
import { UserError } from '../../domain/errors.ts';
import type { Lock, QueueEntry } from '../../store/locks.ts';
import { newNote } from '../deploy/card/new-note.ts';
import { knownService } from '../deploy/planning/known.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { REMIND_MS } from './ask.ts';
import { changedHands, type Holder, theirs } from './theirs.ts';

const LONGEST_MS = 7 * 24 * 3_600_000;

export type LockResult =
  | {
      readonly kind: 'locked';
      readonly lock: Lock;
      readonly how: 'taken' | 'renewed' | 'taken-over';
      /** Whose it was, when it was taken over. */
      readonly from: string | undefined;
      readonly audit: string;
    }
  /** Somebody else holds it, and the person waits in line or may choose what to do. */
  | {
      readonly kind: 'held';
      readonly lock: Lock;
      readonly line: readonly QueueEntry[];
      /** The person's place in the line, from 1; undefined when they are not in it. */
      readonly place: number | undefined;
      readonly audit: string;
    };

export const lock = handler<LockArgs, LockResult>()(['config', 'now', 'store'], async (request, deps) => {
  const { args, person, channel } = request;
  const { service } = args;
  knownService(service, request, deps.config);
  const at = deps.now();
  if (args.for > LONGEST_MS)
    throw new UserError('bad_input', `A lock lasts at most 7 days, not ${sayDuration(args.for)}.`);
  if (args.take && args.reason === undefined)
    throw new UserError('bad_input', '`--take` needs `--reason`: the holder will read it.');
  const { locks } = deps.store;
  if (args.of !== undefined) return extend({ ...args, of: args.of }, request, deps);
  const times = { until: at + args.for, remindAt: at + args.for - Math.min(REMIND_MS, args.for / 2), at };
  const reason = args.reason ?? '';
  const acquired = await locks.acquire({ service, owner: person, reason, channel, ...times });
  if (acquired.won) {
    await locks.leave(service, person);
    const how = acquired.renewed ? 'renewed' : 'taken';
    return { kind: 'locked', lock: acquired.lock, how, from: undefined, audit: `${service} locked, ${how}` };
  }
  if (args.take) {
    const note = { kind: 'lock-taken', service, by: person, reason, channel } as const;
    const taken = await locks.takeOver(acquired.lock.token, { owner: person, reason, channel, ...times }, ({ owner }) =>
      newNote({ to: owner }, note, at),
    );
    if (!taken) throw changedHands();
    await locks.leave(service, person);
    const { from } = taken;
    const audit = `${service} taken over from ${from.owner}: ${reason}`;
    return { kind: 'locked', lock: taken.lock, how: 'taken-over', from: from.owner, audit };
  }
  const place = args.queue ? await locks.join({ service, person, channel, at }) : undefined;
  const line = await locks.queue(service);
  const audit = `${service} is held by ${acquired.lock.owner}${place === undefined ? '' : `; waits as number ${place}`}`;
  return { kind: 'held', lock: acquired.lock, line, place, audit };
});

/** What the button of a lock's card does: longer by so much, while it is still that lock and theirs. */
async function extend(
  { service, of, for: more }: LockArgs & { readonly of: string },
  request: Holder,
  deps: Pick<Deps, 'config' | 'now' | 'store'>,
): Promise<LockResult> {
  const at = deps.now();
  const until = Math.min((await theirs(service, request, of, deps)).until + more, at + LONGEST_MS);
  const remindAt = until - Math.min(REMIND_MS, (until - at) / 2);
  const lock = await deps.store.locks.renew(of, { until, remindAt, at });
  if (!lock) throw changedHands();
  return { kind: 'locked', lock, how: 'renewed', from: undefined, audit: `${service} locked, renewed` };
}
