import { named } from '../../text/names.ts';
import type { Container } from '../client/types.ts';
import type { Draft, Fields } from './draft.ts';
import { driverOptions, foldersBehindVolume, normalizeFolder, overlaps, volumeOfFolder } from './folders.ts';
import { describeMount, mountedTwice, mountList } from './mounts.ts';
import { isAbandoned, ownName, rolloutNames, startFirstVersions } from './names.ts';
import { MOST_PLATFORMS } from './platform.ts';
import { portConflicts } from './ports.ts';
import type { Survey } from './survey.ts';
import type { Wanted } from './wanted.ts';

/** Characters of a sentence for the mounts of one path. */
const MOST_MOUNTS = 200;

/** Reasons why a rollout would fail, one sentence each, known before anything stops. */
export function conflictsOf(found: Survey, draft: Draft, wanted: Pick<Wanted, 'name' | 'image'>): string[] {
  const live = found.live?.raw;
  const others = found.containers.filter((item) => item.id !== live?.Id);
  return [
    ...ownPartsConflicts(found, draft),
    ...unfinishedRollouts(others, wanted.name),
    ...doubledMounts(draft),
    ...portConflicts(found, draft),
    ...missingNetworks(found, draft),
    ...platformConflicts(found, wanted),
    ...diskConflicts(found, wanted),
  ];
}

// Refused whatever the config allows: a container that can replace Fairlead or read its files could decide in its
// place.
function ownPartsConflicts({ ownParts: own, live, containers, volumes: known }: Survey, draft: Draft): string[] {
  const mounts = mountList(draft);
  const sources = (wanted: string) => mounts.flatMap(([, { kind, source }]) => (kind === wanted ? source : []));
  const named = sources('volume');
  const options = [
    ...driverOptions((draft.hostConfig['Mounts'] ?? []) as readonly Fields[]),
    ...known.filter(({ name }) => named.includes(name)).map((volume) => volume.options),
  ];
  // A volume may be a bound folder, and a folder may hold the files of a volume.
  const mounted = [...sources('bind'), ...options.flatMap(foldersBehindVolume).map(normalizeFolder)];
  const volumes = [...named, ...mounted.flatMap(volumeOfFolder)].filter((name) => own.volumes.has(name));
  const folders = mounted.filter((folder) => own.folders.some((one) => overlaps(one, folder)));
  const { NetworkMode, PidMode, IpcMode, VolumesFrom } = draft.hostConfig;
  const modes = [NetworkMode, PidMode, IpcMode].flatMap((mode) => /^container:(.+)$/u.exec(String(mode))?.[1] ?? []);
  const lenders = ((VolumesFrom ?? []) as readonly string[]).map((from) => from.split(':')[0] ?? '');
  const isOwn = (ref: string) =>
    containers.some((item) => own.containers.has(item.id) && (item.id.startsWith(ref) || item.names.includes(ref)));
  return [
    ...(live && own.containers.has(live.raw.Id)
      ? [`${live.raw.Name} is Fairlead itself or its way to this engine, and is never deployed from Slack.`]
      : []),
    ...[...new Set(volumes)].map((name) => `Volume ${name} belongs to Fairlead.`),
    ...[...new Set(folders)].map((folder) => `Folder ${folder} holds files of Fairlead.`),
    ...[...modes, ...lenders]
      .filter(isOwn)
      .map((ref) => `The new container would share namespaces or volumes of Fairlead (${ref}).`),
  ];
}

function unfinishedRollouts(others: readonly Container[], live: string): string[] {
  const { candidate } = rolloutNames(live, '');
  const beside = startFirstVersions(others, live).filter(({ state }) => state === 'running');
  return [
    ...(others.some((item) => ownName(item) === candidate && !isAbandoned(item, live))
      ? [`A container ${candidate} exists: another rollout is running, or one was left unfinished.`]
      : []),
    ...beside.map((item) => `${ownName(item)} is running too: a rollout was left unfinished.`),
  ];
}

function doubledMounts(draft: Draft): string[] {
  return [...mountedTwice(draft)].map(([path, mounts]) => {
    const all = named(mounts.map(describeMount), MOST_MOUNTS);
    return `${path} would be mounted twice, from ${all}: leave one out.`;
  });
}

/** Networks of every engine; Podman lists only the first of them. */
const EVERYWHERE: readonly string[] = ['bridge', 'host', 'none'];

function missingNetworks({ networks }: Survey, { endpoints, hostConfig }: Draft): string[] {
  const mode = String(hostConfig['NetworkMode'] ?? '');
  const isOwn = !['', 'default', ...EVERYWHERE].includes(mode) && !mode.startsWith('container:');
  const named = [...endpoints.keys()].filter((name) => !EVERYWHERE.includes(name));
  const needed = new Set([...named, ...(isOwn ? [mode] : [])]);
  return [...needed].flatMap((name) => {
    const known = networks.filter((network) => network.name === name || network.id === name);
    if (known.length === 1) return [];
    // Engines before 25 allow two networks of one name, and then find neither.
    return known.length === 0 ? [`Network ${name} does not exist.`] : [`${known.length} networks are called ${name}.`];
  });
}

// An engine asked for a platform gives no other one; without, it may give one that the host emulates.
function platformConflicts({ platform, wrongPlatform: wrong }: Survey, { image }: Pick<Wanted, 'image'>): string[] {
  if (!wrong || platform === undefined) return [];
  const version = image.tag ?? image.digest.slice(7, 19);
  return [
    `The container runs for ${wrong.needed}, but ${version} is for ${named(wrong.offered, MOST_PLATFORMS)} only: deploy a version that is built for ${wrong.needed}, or create the container again without \`--platform\`.`,
  ];
}

function diskConflicts({ diskFreeBytes, image, live }: Survey, { image: wanted }: Pick<Wanted, 'image'>): string[] {
  // Registries do not report the unpacked size; the running version is the best estimate.
  const guess = live?.image?.bytes ?? 0;
  if (image || diskFreeBytes === undefined || diskFreeBytes > guess + 64 * 1024 * 1024) return [];
  const free = Math.round(diskFreeBytes / 1024 / 1024);
  return [`Only ${free} MB of disk are free; ${wanted.repository} needs about ${Math.round(guess / 1024 / 1024)} MB.`];
}
