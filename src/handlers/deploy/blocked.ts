import { UserError } from '../../errors.ts';
import { frozen } from '../../policy/freeze.ts';
import type { Deps } from '../types.ts';

export interface Wish {
  readonly service: string;
  readonly hosts: readonly string[];
  /** For whom it is deployed: a lock of their own is not in their way. */
  readonly person: string;
  readonly breakGlass: boolean;
}

/**
 * Says no while a freeze or somebody's lock is in the way, or while another deployment of the service is under way. Asked
 * when a deploy is asked for, and again at the click that starts it; breaking the glass passes freezes and locks.
 */
export async function refuseBlocked({ service, hosts, person, breakGlass }: Wish, deps: Deps): Promise<void> {
  const { store, config } = deps;
  const now = deps.now();
  const held = await store.deployments.holding(service);
  const busy = held.find(({ host }) => hosts.includes(host));
  if (busy) {
    const other = await store.deployments.get(busy.deployment);
    throw new UserError(
      'busy',
      `A deployment of ${service} by <@${other?.requestedBy}> is under way on ${busy.host}.`,
      'Wait for its end, or abort it on its card.',
    );
  }
  if (breakGlass) return;
  const freeze = frozen(now, { hosts, service }, config);
  if (freeze) {
    const until = new Date(freeze.until);
    throw new UserError(
      'frozen',
      `Deploys to ${freeze.hosts.join(', ')} are frozen until ${until.toISOString().slice(0, 16).replace('T', ' ')} UTC: ${freeze.name} (\`${freeze.rule}\`).`,
      config.breakGlass
        ? '`--break-glass --reason …` goes on all the same, for those the config allows it to.'
        : 'Ask again then.',
    );
  }
  const lock = (await store.locks.of(service, now)).find(
    (one) => one.owner !== person && (one.host === undefined || hosts.includes(one.host)),
  );
  if (!lock) return;
  const why = lock.reason === '' ? '' : ` Their reason: “${lock.reason}”.`;
  throw new UserError(
    'locked',
    `${service} is locked by <@${lock.owner}>.${why}`,
    `\`/dock ask ${service}\` asks them, \`/dock lock ${service} --queue\` waits in line, \`/dock lock ${service} --take --reason …\` takes it over.`,
  );
}
