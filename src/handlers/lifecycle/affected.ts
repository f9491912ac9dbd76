import type { Container } from '../../docker/client/types.ts';
import { containerFinder, dependentsOf } from '../../docker/rollout/neighbours.ts';
import type { HostContainers } from '../../docker/rollout/survey.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import { isMeantToEnd } from '../../domain/signal.ts';
import type { Act, AffectedContainer } from './types.ts';

const UP = ['running', 'paused', 'restarting'];

export const isUpState = (state: string): boolean => UP.includes(state);
export const isUp = ({ State }: RawContainer): boolean => isUpState(State.Status);

/** What an action does to the containers that depend on one. Each is the end of a sentence that begins with what they do. */
interface Effects {
  /** To those in its namespaces, or linked to it on the default bridge; undefined: nothing. */
  readonly tied?: string;
  /** Stopped ones count too: they could not start again. */
  readonly stoppedToo?: boolean;
}

const LOST: Effects = { tied: 'and loses it' };

/** Undefined for what touches no other container. */
function effectsOf(act: Act, raw: RawContainer): Effects | undefined {
  switch (act.action) {
    case 'stop':
      return isUp(raw) ? LOST : undefined;
    case 'kill':
      return isUp(raw) && isMeantToEnd(act.signal) ? LOST : undefined;
    case 'restart':
      // Measured on Docker 20.10 and 28.5: a start of the other does not give it back.
      return isUp(raw) ? { tied: 'and loses it until it is restarted too' } : undefined;
    case 'pause':
      return isUp(raw) ? {} : undefined;
    case 'rm':
      return { tied: 'and cannot start without it', stoppedToo: true };
    default:
      return undefined;
  }
}

/**
 * Containers that depend on one and are affected by what is done to it: those in its namespaces or linked to it, those that
 * name it in `depends_on` of a Compose file, and on its removal those with its volumes.
 */
export function affectedBy(act: Act, host: HostContainers, raw: RawContainer): AffectedContainer[] {
  const effects = effectsOf(act, raw);
  if (!effects) return [];
  const { tied, stoppedToo = false } = effects;
  const states = new Map(host.containers.map(({ id, state }) => [id, state]));
  const counts = ({ Id }: RawContainer) => stoppedToo || isUpState(states.get(Id) ?? '');
  const found = new Map<string, AffectedContainer>();
  const add = (one: RawContainer, how: string) => {
    if (counts(one) && !found.has(one.Id)) found.set(one.Id, { id: one.Id, name: one.Name, how });
  };
  if (tied !== undefined)
    for (const { raw: one, on, does } of dependentsOf(host, raw)) add(one, `${does.join(' and ')} ${on.Name} ${tied}`);
  for (const one of composeDependents(host, raw)) add(one, `depends on ${raw.Name} (depends_on in its Compose file)`);
  if (act.action === 'rm')
    for (const one of borrowers(host, raw)) add(one, `uses the volumes of ${raw.Name} (--volumes-from), which stay`);
  return [...found.values()];
}

function borrowers({ containers, others }: HostContainers, { Id }: RawContainer): RawContainer[] {
  const find = containerFinder(containers);
  return others.filter(({ HostConfig }) =>
    HostConfig.VolumesFrom.some((from) => find(from.split(':', 1)[0] ?? '')?.id === Id),
  );
}

const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
const DEPENDS_ON = 'com.docker.compose.depends_on';

function composeDependents({ others }: HostContainers, raw: RawContainer): RawContainer[] {
  const { [PROJECT]: project, [SERVICE]: service } = raw.Config.Labels;
  if (project === undefined || service === undefined) return [];
  return others.filter(({ Config: { Labels } }) => dependsOn(Labels, project, service));
}

/** `db:service_started:false,cache:service_healthy:true`, as Compose writes it. */
function dependsOn(labels: Container['labels'], project: string, service: string): boolean {
  if (labels[PROJECT] !== project) return false;
  return (labels[DEPENDS_ON] ?? '').split(',', 100).some((one) => one.split(':', 1)[0] === service);
}
