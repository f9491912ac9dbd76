import { isUnnamed, volumeName } from '../../docker/rollout/mounts.ts';
import { liveNameOf } from '../../docker/rollout/names.ts';
import type { HostContainers } from '../../docker/rollout/survey.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import { isMeantToEnd } from '../../domain/signal.ts';
import { named } from '../../text/names.ts';
import { isUp } from './affected.ts';
import type { Act, Target } from './types.ts';

export type Consequences = Pick<Target, 'cautions' | 'notes' | 'volumes'>;

const NONE: Consequences = { cautions: [], notes: [], volumes: [] };
const SWARM_SERVICE = 'com.docker.swarm.service.name';
const MOST_NAMES = 300;

/** What an action leads to that its name does not say; cautions have to be confirmed. */
export function consequencesOf(act: Act, host: HostContainers, raw: RawContainer): Consequences {
  if (act.action === 'rm') return ofRemoval(act, host, raw);
  if (act.action === 'rename') return { ...NONE, notes: renameNotes(raw) };
  const isEnd = act.action === 'stop' || (act.action === 'kill' && isMeantToEnd(act.signal));
  if (!isEnd || !isUp(raw)) return NONE;
  const goes = raw.HostConfig.AutoRemove === true;
  const gone = `${raw.Name} was started with --rm: it is removed when it stops, with its anonymous volumes.`;
  return {
    cautions: [...(goes ? [gone] : []), ...swarmCautions(raw)],
    volumes: goes ? volumesLeft(host, raw).anonymous.map(({ Name }) => Name) : [],
    notes: restartNotes(raw),
  };
}

function swarmCautions({ Name: name, Config }: RawContainer): string[] {
  const swarm = Config.Labels[SWARM_SERVICE];
  if (swarm === undefined) return [];
  return [`${name} is a task of the Swarm service ${swarm}, which starts another one in its place.`];
}

/** What the restart policy makes of a container that somebody stopped. */
function restartNotes({ HostConfig }: RawContainer): string[] {
  const policy = HostConfig.RestartPolicy?.Name ?? '';
  if (policy === 'always') return ['Restart policy always: it starts again when the engine or its host restarts.'];
  if (policy === 'unless-stopped') return ['Restart policy unless-stopped: it stays stopped, after a reboot too.'];
  return [];
}

function renameNotes(raw: RawContainer): string[] {
  const isReached = Object.keys(raw.NetworkSettings.Networks).some(
    (name) => !['bridge', 'host', 'none'].includes(name),
  );
  return isReached ? [`Containers that reach it as ${raw.Name} on a network may no longer find it.`] : [];
}

type Mounts = RawContainer['Mounts'];

/** Volumes that no other container uses: those that nobody named, and the others. */
function volumesLeft(
  { others }: Pick<HostContainers, 'others'>,
  raw: RawContainer,
): { readonly anonymous: Mounts; readonly named: Mounts } {
  const used = new Set(others.flatMap(({ Mounts }) => Mounts.map(({ Name }) => Name)));
  const left = raw.Mounts.filter(({ Type, Name }) => Type === 'volume' && !used.has(Name));
  const isAnonymous = (mount: Mounts[number]) => isUnnamed(volumeName(mount));
  return { anonymous: left.filter(isAnonymous), named: left.filter((mount) => !isAnonymous(mount)) };
}

function ofRemoval({ volumes }: { readonly volumes: boolean }, host: HostContainers, raw: RawContainer): Consequences {
  const { Name: name } = raw;
  const left = volumesLeft(host, raw);
  const paths = named(
    left.anonymous.map((mount) => `${mount.Name.slice(0, 12)} (${mount.Destination})`),
    MOST_NAMES,
  );
  const kept = named(
    left.named.map((mount) => mount.Name),
    MOST_NAMES,
  );
  const go = left.anonymous.length > 0 && (volumes || (raw.HostConfig.AutoRemove === true && isUp(raw)));
  const live = liveNameOf(name);
  return {
    volumes: go ? left.anonymous.map((mount) => mount.Name) : [],
    cautions: [
      ...(isUp(raw) ? [`${name} is ${raw.State.Status}, and is killed (SIGKILL).`] : []),
      ...(go ? [`Its anonymous volumes are deleted with their data: ${paths}.`] : []),
      ...(live === undefined ? [] : [`${name} is kept for a rollback of ${live}.`]),
      ...swarmCautions(raw),
    ],
    notes: [
      ...(kept === '' ? [] : [`No other container uses ${kept}. These volumes stay.`]),
      ...(left.anonymous.length > 0 && !go ? [`Its anonymous volumes stay: ${paths}.`] : []),
    ],
  };
}
