import type { Config } from '../../config.ts';
import { liveNameOf, ownName } from '../../docker/rollout/names.ts';
import type { OwnParts } from '../../docker/rollout/own-parts.ts';
import type { HostContainers } from '../../docker/rollout/survey.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import { code, UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { KEEP_LABEL } from '../cleanup/plan.ts';
import { isUp } from './affected.ts';
import type { Act } from './types.ts';

/** What an action is judged by before it is planned. */
export interface Judging {
  readonly act: Act;
  readonly host: HostContainers;
  readonly raw: RawContainer;
  readonly service: string;
}

/** Throws a `UserError` for what is never done, or could not be. */
export function refuse({ act, host, raw, service }: Judging, own: OwnParts, config: Config): void {
  refuseOwn(raw, own);
  if (act.action === 'rm') refuseRemoval(act, raw);
  if (act.action === 'rename') refuseRename(act.name, { host, raw, service }, config);
}

/** Fairlead, its way to the engine, and whatever uses their volumes are not changed from chat. */
export function refuseOwn({ Id, Name, Mounts }: RawContainer, own: OwnParts): void {
  const shares = Mounts.some((mount) => mount.Type === 'volume' && own.volumes.has(mount.Name));
  if (!own.containers.has(Id) && !shares) return;
  const why = own.containers.has(Id)
    ? 'is Fairlead itself or its way to this engine'
    : 'uses a volume of Fairlead, such as its database';
  throw new UserError('conflict', `${code(Name)} ${why}, and is not changed from chat.`, 'Do it on the host.');
}

function refuseRemoval({ force }: Extract<Act, { action: 'rm' }>, raw: RawContainer): void {
  const { Name: name, State, Config } = raw;
  if (Object.hasOwn(Config.Labels, KEEP_LABEL))
    throw new UserError('conflict', `${code(name)} has the label \`${KEEP_LABEL}\`, and is not removed from chat.`);
  if (!isUp(raw) || force) return;
  throw new UserError(
    'conflict',
    `${code(name)} is ${State.Status}.`,
    phrase`Stop it first: ${commandLine(`stop ${name}`)}. Or kill and remove it: ${commandLine(`rm -f ${name}`)}.`,
  );
}

function refuseRename(to: string, { host, raw, service }: Omit<Judging, 'act'>, config: Config): void {
  const { Name: name, Id } = raw;
  const taken = host.containers.find((one) => ownName(one) === to);
  if (taken && taken.id !== Id) throw new UserError('conflict', `There is a container ${code(to)} already.`);
  if (managed(config).has(to))
    throw new UserError(
      'conflict',
      `${code(to)} is a service that Fairlead deploys: the next deploy would replace this container.`,
      'Choose another name.',
    );
  if (liveNameOf(to) !== undefined || to.endsWith('.candidate'))
    throw new UserError(
      'conflict',
      `${code(to)} is a name that deploys give to their versions.`,
      'Choose another name.',
    );
  if (config.services.has(service) || liveNameOf(name) !== undefined)
    throw new UserError(
      'conflict',
      `${code(name)} belongs to the service ${code(service)}, whose deploys find it by this name.`,
      phrase`To run something else beside it, leave this one as it is. ${commandLine(`deploy ${service}`)} replaces it.`,
    );
}

/** Names by which deploys know the containers of the config. */
function managed({ services }: Config): ReadonlySet<string> {
  return new Set(
    [...services.values()].flatMap((one) => [one.name, one.kind === 'container' ? one.container.name : one.swarm]),
  );
}
