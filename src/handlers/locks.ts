import type { AskArgs, ListArgs, LockArgs, UnlockArgs } from '../commands/deployments.ts';
import { sayDuration, sayMoment } from '../commands/duration.ts';
import { select } from '../commands/selector.ts';
import { code, UserError } from '../errors.ts';
import type { Lock, Waiting } from '../store/locks.ts';
import { knownService } from './deploy/known.ts';
import type { Deps, Handler } from './types.ts';

const LONGEST_MS = 7 * 24 * 3_600_000;
/** The holder is reminded this long before the end, or at half of a short lease. */
const REMIND_MS = 15 * 60_000;

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
      readonly line: readonly Waiting[];
      /** The person's place in the line, from 1; undefined when they are not in it. */
      readonly place: number | undefined;
      readonly audit: string;
    };

export const lock: Handler<LockArgs, LockResult> = async ({ args, person, channel }, deps) => {
  const { service } = args;
  knownService(service, deps.config);
  const at = deps.now();
  if (args.for > LONGEST_MS)
    throw new UserError('bad_input', `A lock lasts at most 7 days, not ${sayDuration(args.for)}.`);
  if (args.take && args.reason === undefined)
    throw new UserError('bad_input', '`--take` needs `--reason`: the holder will read it.');
  const { locks } = deps.store;
  if (args.of !== undefined) return extend({ ...args, of: args.of }, person, deps);
  const times = { until: at + args.for, remindAt: at + args.for - Math.min(REMIND_MS, args.for / 2), at };
  const reason = args.reason ?? '';
  const acquired = await locks.acquire({ service, owner: person, reason, channel, ...times });
  if (acquired.won) {
    await locks.leave(service, person);
    const how = acquired.renewed ? 'renewed' : 'taken';
    return { kind: 'locked', lock: acquired.lock, how, from: undefined, audit: `${service} locked, ${how}` };
  }
  if (args.take) {
    const taken = await locks.takeOver(acquired.lock.token, { owner: person, reason, channel, ...times });
    if (!taken) throw changedHands();
    await locks.leave(service, person);
    const { from } = taken;
    await deps.board.tell(from.owner, { kind: 'lock-taken', service, by: person, reason, channel });
    const audit = `${service} taken over from ${from.owner}: ${reason}`;
    return { kind: 'locked', lock: taken.lock, how: 'taken-over', from: from.owner, audit };
  }
  const place = args.queue ? await locks.join({ service, person, channel, at }) : undefined;
  const line = await locks.line(service);
  const audit = `${service} is held by ${acquired.lock.owner}${place === undefined ? '' : `; waits as number ${place}`}`;
  return { kind: 'held', lock: acquired.lock, line, place, audit };
};

/** What the button of a lock's card does: longer by so much, while it is still that lock and theirs. */
async function extend(
  { service, of, for: more }: LockArgs & { readonly of: string },
  person: string,
  deps: Deps,
): Promise<LockResult> {
  const at = deps.now();
  const until = Math.min((await theirs(service, person, of, deps)).until + more, at + LONGEST_MS);
  const remindAt = until - Math.min(REMIND_MS, (until - at) / 2);
  const lock = await deps.store.locks.renew(of, { until, remindAt, at });
  if (!lock) throw changedHands();
  return { kind: 'locked', lock, how: 'renewed', from: undefined, audit: `${service} locked, renewed` };
}

/** The lock of `person` on a service, and the very one a card is about; otherwise says how it stands. */
async function theirs(service: string, person: string, of: string | undefined, deps: Deps): Promise<Lock> {
  const held = await deps.store.locks.of(service, deps.now());
  const mine = held.find(({ owner }) => owner === person);
  const other = held.find(({ owner }) => owner !== person);
  if (mine && (of === undefined || mine.token === of)) return mine;
  if (mine)
    throw new UserError(
      'not_found',
      `The lock of that card is over. You hold another one on ${code(service)}, until ${sayMoment(mine.until)}.`,
      `\`/dock unlock ${service}\` releases it.`,
    );
  if (other)
    throw new UserError(
      'not_permitted',
      `${code(service)} is locked by <@${other.owner}> until ${sayMoment(other.until)}, not by you.`,
      `\`/dock lock ${service} --take --reason …\` takes it over.`,
      {
        choices: [
          { label: 'Wait in line', line: `dock lock ${service} --queue` },
          { label: 'Ask the holder', line: `dock ask ${service}` },
        ],
      },
    );
  knownService(service, deps.config);
  throw new UserError('not_found', `${code(service)} is not locked.`, `\`/dock lock ${service}\` locks it.`);
}

function changedHands(): UserError {
  return new UserError('busy', 'That lock has just changed hands.', 'See `/dock locks`.');
}

export interface UnlockResult {
  readonly kind: 'unlocked';
  readonly service: string;
  readonly audit: string;
}

export const unlock: Handler<UnlockArgs, UnlockResult> = async ({ args, person }, deps) => {
  const { service, of } = args;
  const { token } = await theirs(service, person, of, deps);
  if (!(await deps.store.locks.release(token, deps.now()))) throw changedHands();
  await tellNext(service, deps);
  return { kind: 'unlocked', service, audit: `${service} unlocked` };
};

/** The first in line hears that it is free. */
export async function tellNext(service: string, deps: Deps): Promise<void> {
  const next = await deps.store.locks.next(service);
  if (next) await deps.board.tell(next.person, { kind: 'lock-free', service, channel: next.channel });
}

export interface LocksResult {
  readonly kind: 'locks';
  readonly at: number;
  readonly locks: readonly (Lock & { readonly line: readonly Waiting[] })[];
}

export const locks: Handler<ListArgs, LocksResult> = async ({ hosts }, deps) => {
  const at = deps.now();
  const held = (await deps.store.locks.list(at)).filter((one) => concerns(one, hosts, deps));
  const withLine = await Promise.all(
    held.map(async (one) => ({ ...one, line: await deps.store.locks.line(one.service) })),
  );
  return { kind: 'locks', at, locks: withLine };
};

/** Whether a lock is in the way on one of these hosts; that of a service that is in the config no more is nobody's. */
function concerns({ service, host }: Lock, hosts: readonly string[], { config }: Pick<Deps, 'config'>): boolean {
  const known = config.services.get(service);
  const on = host === undefined ? (known ? select(known.hosts, config.hosts) : []) : [host];
  return on.some((one) => hosts.includes(one));
}

export interface AskedResult {
  readonly kind: 'holder-asked';
  readonly service: string;
  readonly owner: string;
  readonly audit: string;
}

export const ask: Handler<AskArgs, AskedResult> = async ({ args, person, channel }, deps) => {
  const { service } = args;
  const held = (await deps.store.locks.of(service, deps.now()))[0];
  if (!held) {
    knownService(service, deps.config);
    throw new UserError('not_found', `${code(service)} is not locked.`, `\`/dock lock ${service}\` locks it.`);
  }
  if (held.owner === person)
    throw new UserError('bad_input', `You hold that lock yourself.`, `\`/dock unlock ${service}\``);
  await deps.board.tell(held.owner, { kind: 'lock-asked', service, token: held.token, by: person, channel });
  return { kind: 'holder-asked', service, owner: held.owner, audit: `asked ${held.owner} to release ${service}` };
};
