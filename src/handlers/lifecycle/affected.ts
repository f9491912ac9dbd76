import type { Container } from '../../docker/client/types.ts';
import { dependentsOf } from '../../docker/rollout/neighbours.ts';
import type { HostContainers } from '../../docker/rollout/survey.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import type { Act, AffectedContainer } from './types.ts';

const UP = ['running', 'paused', 'restarting'];

/** What the action does to a container that depends on one: the end of a sentence, after the name of the other. */
interface Effects {
  /** Of a shared namespace or a link of the default bridge. */
  readonly tied: string | undefined;
  /** Of `depends_on` in a Compose file. */
  readonly needed: string | undefined;
  /** Of `--volumes-from`. */
  readonly lent?: string;
}

const EFFECTS: Readonly<Record<Act['action'], Effects | undefined>> = {
  start: undefined,
  stop: { tied: 'and loses it', needed: '' },
  // Measured: a start of the other does not give it back.
  restart: { tied: 'and loses it until it is restarted too', needed: '' },
};

/**
 * Containers that depend on one and are affected by what is done to it: those in its namespaces or linked to it, and those
 * that name it in `depends_on` of a Compose file. Stopped ones count only where they could not start again.
 */
export function affectedBy({ action }: Act, host: HostContainers, raw: RawContainer): AffectedContainer[] {
  const effects = EFFECTS[action];
  if (!effects || !UP.includes(raw.State.Status)) return [];
  const states = new Map(host.containers.map(({ id, state }) => [id, state]));
  const isUp = (id: string) => UP.includes(states.get(id) ?? '');
  const found = new Map<string, AffectedContainer>();
  if (effects.tied !== undefined)
    for (const { raw: one, on, does } of dependentsOf(host, raw))
      if (isUp(one.Id))
        found.set(one.Id, { id: one.Id, name: one.Name, how: `${does.join(' and ')} ${on.Name} ${effects.tied}` });
  if (effects.needed !== undefined)
    for (const one of composeDependents(host, raw))
      if (!found.has(one.Id) && isUp(one.Id))
        found.set(one.Id, {
          id: one.Id,
          name: one.Name,
          how: `depends on ${raw.Name} (depends_on in its Compose file)`,
        });
  return [...found.values()];
}

const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
const DEPENDS_ON = 'com.docker.compose.depends_on';

type Labelled = Pick<Container, 'labels'>['labels'];

function composeDependents({ others }: HostContainers, raw: RawContainer): RawContainer[] {
  const { [PROJECT]: project, [SERVICE]: service } = raw.Config.Labels;
  if (project === undefined || service === undefined) return [];
  return others.filter(({ Id, Config: { Labels } }) => Id !== raw.Id && dependsOn(Labels, project, service));
}

/** `db:service_started:false,cache:service_healthy:true`, as Compose writes it. */
function dependsOn(labels: Labelled, project: string, service: string): boolean {
  if (labels[PROJECT] !== project) return false;
  const needs = (labels[DEPENDS_ON] ?? '').split(',', 100);
  return needs.some((one) => one.split(':', 1)[0] === service);
}
