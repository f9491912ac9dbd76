import type { Engine } from '../../../docker/client/engine.ts';
import type { Container } from '../../../docker/client/types.ts';
import { LABELS, ownName, startFirstVersions } from '../../../docker/rollout/names.ts';
import { ownParts } from '../../../docker/rollout/own-parts.ts';
import { UserError } from '../../../domain/errors.ts';
import type { Deps } from '../../deps.ts';
import type { HostFailure, Request } from '../../request.ts';
import { namingSilent } from '../find-container.ts';
import { nameOf } from '../logs.ts';
import { selectContainers } from '../select-containers.ts';

export interface ExecTarget {
  readonly host: string;
  readonly engine: Engine;
  readonly container: Container;
  /** Its own name and, after a start-first rollout, the one it serves under. */
  readonly names: readonly string[];
  /** Hosts that did not say whether they have it too. */
  readonly failures: readonly HostFailure[];
}

/** The one container a command is to run in. Throws a `UserError` when there is none, several, or one it may not run in. */
export async function execTarget(
  request: Request<{ readonly container: string }>,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<ExecTarget> {
  const typed = request.args.container;
  const selecting = { signal, onSeveralHosts: 'ask' as const };
  const { places, failures } = await selectContainers(request, [typed], deps, selecting);
  const [place, ...others] = places;
  if (place && others.length > 0)
    throw new UserError(
      'ambiguous',
      `\`${typed}\` is on ${places.map(({ host }) => host).join(' and ')}; a command runs in one container at a time.`,
      `Name one host: \`@${place.host}\`.`,
    );
  if (!place)
    throw new UserError(
      'unreachable',
      `Not known whether \`${typed}\` is there: ${failures.map(({ host }) => host).join(', ')} did not answer.`,
      'Try again, or check the hosts.',
    );
  const { host, container } = place;
  const engine = deps.hosts.engine(host);
  await namingSilent(failures, async () => {
    mustRun(container, host);
    await mustNotBeOurs(engine, container, signal);
  });
  return { host, engine, container, names: namesOf(container), failures };
}

/** A label alone proves nothing: anybody can choose one. */
function namesOf(container: Container): string[] {
  const target = container.labels[LABELS.target];
  const serves = target !== undefined && startFirstVersions([container], target).length > 0 ? [target] : [];
  return [...new Set([ownName(container), ...serves])];
}

function mustRun(container: Container, host: string): void {
  const { state, status } = container;
  const name = `\`${nameOf(container)}\``;
  if (state === 'running') return;
  if (state === 'paused')
    throw new UserError('conflict', `${name} is paused on ${host}, so nothing can run in it.`, 'Unpause it first.');
  if (state === 'restarting')
    throw new UserError('conflict', `${name} is restarting on ${host}: ${status}.`, 'See its logs for why.');
  throw new UserError('conflict', `${name} does not run on ${host}: ${status}.`, 'Start it first.');
}

/** Fairlead's own container has its token, and the one through which it reaches the engine has the engine. */
async function mustNotBeOurs(engine: Engine, { id }: Container, signal: AbortSignal): Promise<void> {
  const own = ownParts(await engine.listContainers({ all: true }, { signal }), engine.reach);
  if (own.containers.has(id))
    throw new UserError('not_permitted', 'That container is Fairlead’s own: nothing is run in it from chat.');
}
