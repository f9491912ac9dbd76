import { isUnnamed, splitBind, volumeName } from './mounts.ts';
import { isSetAside, ownName, startFirstVersions } from './names.ts';
import { bindsIn } from './spec.ts';
import type { Survey } from './survey.ts';
import type { Wanted } from './wanted.ts';

/** Label that Compose sets on its volumes. */
const COMPOSE_PROJECT = 'com.docker.compose.project';

/**
 * Decides which volumes belong to a container: those its config names, and those with its name (`shop`, `shop-data`,
 * `shop_data`) that no other container or service uses. The longest matching name wins: `shop-admin_data` belongs to
 * `shop-admin`. For an existing volume its Compose project decides; without one, `shop-admin_data` may be left over
 * from a removed `shop-admin`.
 */
export function ownVolumes(
  { name, from, neighbours }: Wanted,
  { containers, live, volumes }: Pick<Survey, 'containers' | 'live' | 'volumes'>,
): (volume: string) => boolean {
  const named =
    from.kind === 'service' ? bindsIn(from.container.volumes ?? []).map((text) => splitBind(text).source) : [];
  const unnamed = from.kind === 'service' ? (live?.raw.Mounts ?? []).map(volumeName).filter(isUnnamed) : [];
  const versions = new Set(startFirstVersions(containers, name).map(({ id }) => id));
  const isVersion = (id: string, called: string) =>
    id === live?.raw.Id || versions.has(id) || (called.startsWith(`${name}.`) && isSetAside(called));
  const others = containers.filter((item) => !isVersion(item.id, ownName(item)));
  const ours = new Set(
    containers.filter((item) => !others.includes(item)).flatMap(({ mounts }) => mounts.map((mount) => mount.name)),
  );
  const found = new Map(volumes.map((one) => [one.name, one.labels[COMPOSE_PROJECT]]));
  const used = new Set([
    ...others.flatMap(({ mounts }) => mounts.map((mount) => mount.name)),
    ...(neighbours?.volumes ?? []),
  ]);
  const own = [...new Set([name, neighbours?.service ?? name])];
  const rivals = [...others.map(ownName), ...(neighbours?.others ?? [])].filter((other) => !own.includes(other));
  const project = live?.raw.Config.Labels?.[COMPOSE_PROJECT];
  const mayBeLeft = (volume: string, length: number): boolean => {
    const left = found.get(volume);
    if (left !== undefined) return left !== project && !own.includes(left);
    return found.has(volume) && /[-_]/u.test(volume.slice(length + 1));
  };
  const sure = new Set([...named, ...unnamed]);
  return (volume) => {
    if (sure.has(volume)) return true;
    const length = longestMatch(volume, own);
    if (length === 0 || used.has(volume) || longestMatch(volume, rivals) >= length) return false;
    return ours.has(volume) || !mayBeLeft(volume, length);
  };
}

/** Length of the longest name that a volume starts with; 0 when there is none. */
function longestMatch(volume: string, names: readonly string[]): number {
  const fitting = names.filter(
    (name) => volume === name || volume.startsWith(`${name}-`) || volume.startsWith(`${name}_`),
  );
  return Math.max(0, ...fitting.map((name) => name.length));
}
