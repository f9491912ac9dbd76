import type { NoArgs } from '../../commands/language/no-args.ts';
import { UserError } from '../../domain/errors.ts';
import { hostsSeen, permissions } from '../../policy/authorize.ts';
import type { Membership } from '../../policy/people.ts';
import type { Lock } from '../../store/locks.ts';
import { isMine, mayAnswer } from '../approval/may-answer.ts';
import { type DeploymentLine, linesOf, plannedOn } from '../deploy/deployment-lines.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { settle, timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';

/** An open request this person may approve and has not answered. */
export interface WaitingForYou {
  readonly id: string;
  readonly command: string;
  readonly line: string;
  readonly channel: string;
  readonly requestedBy: string;
  readonly expiresAt: number;
}

export interface YourPlace {
  readonly channel: string;
  /** What may be done there, and on which hosts. */
  readonly may: readonly { readonly name: string; readonly hosts: readonly string[] }[];
}

export interface HomeHost {
  readonly host: string;
  readonly engine: string;
  readonly running: number;
  readonly containers: number;
}

/** One person's view of everything, over all the channels they are in. */
export interface HomeResult extends Timed {
  readonly kind: 'home';
  readonly waiting: readonly WaitingForYou[];
  readonly deployments: readonly (DeploymentLine & { readonly channel: string })[];
  readonly locks: readonly Lock[];
  readonly hosts: readonly HomeHost[];
  /** Undefined when Slack does not return the person's channels: then no channel is shown. */
  readonly places: readonly YourPlace[] | undefined;
}

const OWN_DEPLOYMENTS = 5;
/** So many of their own are looked through for those on hosts they may still use. */
const LOOKED_AT = 50;
/** A page that opens does not wait for a host as long as an answer does. */
const DEADLINE_MS = 3000;

export const home = handler<NoArgs, HomeResult>()(
  ['config', 'hosts', 'now', 'people', 'redact', 'specs', 'store'],
  async (request, deps, run) => {
    const { person } = request;
    if (request.share) throw new UserError('bad_input', 'What is yours in other channels is not shown to this one.');
    const [membership, channels] = await Promise.all([
      deps.people.membership(person, [...deps.config.groups.keys()]),
      deps.people.channels(person),
    ]);
    const inThem = [...deps.config.channels.keys()].filter((channel) => channels?.has(channel));
    const places = inThem.map((channel): YourPlace => {
      const may = permissions(deps.specs, { channel, person, membership }, deps.config);
      return { channel, may: [...may].map(([name, hosts]) => ({ name, hosts })) };
    });
    const names = [...deps.config.hosts.keys()].filter((host) =>
      places.some(({ may }) => may.some(({ hosts }) => hosts.includes(host))),
    );
    const at = deps.now();
    const [waiting, recent, locks, outcomes] = await Promise.all([
      waitingFor(person, membership, new Set(inThem), deps),
      deps.store.deployments.recent({ requestedBy: person, limit: LOOKED_AT }),
      deps.store.locks.list(at),
      deps.hosts.each(
        names,
        async (engine) => {
          const [version, info] = await Promise.all([
            engine.version({ signal: run.signal }),
            engine.info({ signal: run.signal }),
          ]);
          return { version, info };
        },
        { signal: run.signal, deadlineMs: DEADLINE_MS },
      ),
    ]);
    const { values, failures } = settle(outcomes, deps.redact);
    const own: HomeResult['deployments'][number][] = [];
    for (const one of recent.filter(({ channel }) => inThem.includes(channel))) {
      if (own.length === OWN_DEPLOYMENTS) break;
      const seen = hostsSeen({ channel: one.channel, membership }, one.service, deps.config);
      own.push(...(await linesOf(plannedOn([one], seen), deps)).map((line) => ({ ...line, channel: one.channel })));
    }
    return {
      kind: 'home',
      ...timed(request, deps.now(), failures),
      waiting,
      deployments: own,
      locks: locks.filter(({ owner }) => owner === person),
      hosts: values.map(({ host, value: { version, info } }) => ({
        host,
        engine: `${version.engine} ${version.version}`,
        running: info.running,
        containers: info.containers,
      })),
      places: channels && places.filter(({ may }) => may.length > 0),
    };
  },
);

async function waitingFor(
  person: string,
  membership: Membership,
  channels: ReadonlySet<string>,
  deps: Pick<Deps, 'config' | 'now' | 'specs' | 'store'>,
): Promise<WaitingForYou[]> {
  const open = await deps.store.approvals.pending({ now: deps.now() });
  const theirs = await Promise.all(
    open.map(async (approval): Promise<WaitingForYou[]> => {
      const { id, command, line, channel, requestedBy, expiresAt } = approval;
      if (!channels.has(channel)) return [];
      if (!isMine(mayAnswer({ person, channel, membership }, deps, approval, { answer: 'yes' }))) return [];
      const votes = await deps.store.approvals.votes(id);
      if (votes.some((vote) => vote.person === person)) return [];
      return [{ id, command, line, channel, requestedBy, expiresAt }];
    }),
  );
  return theirs.flat();
}
