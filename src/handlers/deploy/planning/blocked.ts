import { sayMoment } from '../../../domain/duration.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, mention, type Phrase, phrase } from '../../../domain/phrase.ts';
import { frozen } from '../../../policy/freeze.ts';
import type { Lock } from '../../../store/locks.ts';
import type { Deps } from '../../deps.ts';

export interface Wish {
  readonly service: string;
  readonly hosts: readonly string[];
  /** The requester: their own lock does not block them. */
  readonly person: string;
  readonly breakGlass: boolean;
}

/**
 * Throws a `UserError` during a freeze, another person's lock, or another deployment of the service. Checked when a deploy is
 * requested and again when it starts; break-glass ignores freezes and locks.
 */
export async function refuseBlocked(wish: Wish, deps: Pick<Deps, 'config' | 'now' | 'store'>): Promise<void> {
  await refuseBusy(wish, deps);
  const around = deps.config.breakGlass
    ? '`--break-glass --reason …` deploys during a freeze, for those the config allows.'
    : 'Request it again after the freeze.';
  await refuseHeldUp(wish, deps, around);
}

/** The same check for a deployment in progress only. */
export async function refuseBusy(
  { service, hosts }: Pick<Wish, 'service' | 'hosts'>,
  { store: { deployments } }: Pick<Deps, 'store'>,
): Promise<void> {
  const busy = (await deployments.claims(service)).find(({ host }) => hosts.includes(host));
  if (busy) {
    const other = await deployments.get(busy.deployment);
    const deployment = other ? phrase`${mention(other.requestedBy)}'s deployment` : 'Another deployment';
    throw new UserError(
      'busy',
      phrase`${deployment} of ${service} is in progress on ${busy.host}.`,
      'Wait until it ends, or abort it on its card.',
    );
  }
}

/** The same check for freezes and locks only, between waves; `around`: the advice during a freeze. */
export async function refuseHeldUp(
  { service, hosts, person, breakGlass }: Wish,
  deps: Pick<Deps, 'config' | 'now' | 'store'>,
  around: Phrase,
): Promise<void> {
  if (breakGlass) return;
  const freeze = frozen(deps.now(), { hosts, service }, deps.config);
  if (freeze) {
    throw new UserError(
      'frozen',
      `Deploys to ${freeze.hosts.join(', ')} are frozen until ${sayMoment(freeze.until)}: ${freeze.name} (\`${freeze.rule}\`).`,
      around,
    );
  }
  await refuseLocked({ service, hosts, person }, deps);
}

/** What holds others up and break-glass passes: the freeze, and other people's locks, whose holders read of it on the card. */
export async function passedOver(
  { service, hosts, person }: Omit<Wish, 'breakGlass'>,
  { config, now, store }: Pick<Deps, 'config' | 'now' | 'store'>,
): Promise<Phrase[]> {
  const freeze = frozen(now(), { hosts, service }, config);
  const locks = (await store.locks.of(service, now())).filter((lock) => isAgainst(lock, hosts, person));
  return [
    ...(freeze ? [`Break-glass passes the freeze ${code(freeze.name)}, until ${sayMoment(freeze.until)}.`] : []),
    ...locks.map(({ owner, reason }) => phrase`Break-glass passes the lock of ${mention(owner)}${whyLocked(reason)}.`),
  ];
}

const isAgainst = ({ owner, host }: Lock, hosts: readonly string[], person: string) =>
  owner !== person && (host === undefined || hosts.includes(host));
const whyLocked = (reason: string) => (reason === '' ? '' : `: “${reason}”`);

/** The same check for another person's lock only. */
export async function refuseLocked(
  { service, hosts, person }: Omit<Wish, 'breakGlass'>,
  { store, now }: Pick<Deps, 'now' | 'store'>,
): Promise<void> {
  const lock = (await store.locks.of(service, now())).find((one) => isAgainst(one, hosts, person));
  if (!lock) return;
  const why = lock.reason === '' ? '' : ` Their reason: “${lock.reason}”.`;
  throw new UserError(
    'locked',
    phrase`${service} is locked by ${mention(lock.owner)}.${why}`,
    phrase`${commandLine(`ask ${service}`)} asks them to release it, ${commandLine(`lock ${service} --queue`)} waits in line, ${commandLine(`lock ${service} --take --reason …`)} takes it over.`,
  );
}
