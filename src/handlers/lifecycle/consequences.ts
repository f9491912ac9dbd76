import type { RawContainer } from '../../docker/shapes/raw.ts';
import type { Act } from './types.ts';

export interface Consequences {
  readonly cautions: readonly string[];
  readonly notes: readonly string[];
}

const UP = ['running', 'paused', 'restarting'];
const SWARM_SERVICE = 'com.docker.swarm.service.name';

/** What an action leads to that its name does not say; cautions have to be confirmed. */
export function consequencesOf(act: Act, raw: RawContainer): Consequences {
  const isUp = UP.includes(raw.State.Status);
  if (act.action !== 'stop' || !isUp) return { cautions: [], notes: [] };
  const { Name: name, HostConfig, Config } = raw;
  const swarm = Config.Labels[SWARM_SERVICE];
  return {
    cautions: [
      ...(HostConfig.AutoRemove
        ? [`${name} was started with --rm: it is removed when it stops, with its anonymous volumes.`]
        : []),
      ...(swarm === undefined
        ? []
        : [`${name} is a task of the Swarm service ${swarm}, which starts another one in its place.`]),
    ],
    notes: restartNotes(raw),
  };
}

/** What the restart policy makes of a container that somebody stopped. */
function restartNotes({ HostConfig }: RawContainer): string[] {
  const policy = HostConfig.RestartPolicy?.Name ?? '';
  if (policy === 'always') return ['Restart policy always: it starts again when the engine or its host restarts.'];
  if (policy === 'unless-stopped') return ['Restart policy unless-stopped: it stays stopped, after a reboot too.'];
  return [];
}
