import { code, UserError } from '../../domain/errors.ts';
import { mountPath } from '../../domain/volumes.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { Draft, Fields } from './draft.ts';
import { endpointsOf, type Networks, networkOf } from './endpoints.ts';
import { splitBind, volumeName } from './mounts.ts';
import { isSetAside, LABELS } from './names.ts';

/** What else on the host a clone depends on. */
export interface CloneContext {
  /** The minor number of the engine's API. */
  readonly minor: number;
  /** The name that serves now for a reference to a container: an id dangles as soon as what it names is made anew. */
  readonly nameOf: (reference: string) => string | undefined;
  /** What those containers mount now that it has volumes from (`--volumes-from`). */
  readonly borrowedMounts: RawContainer['Mounts'];
  /** Empty where the engine cannot take a container off its network (Podman). */
  readonly networks: Networks;
}

/**
 * The settings of a running container as somebody gave them, so that it can be made again of another image: an engine
 * mixes the image's defaults into them, and copied whole they would freeze the old image's. Throws a `UserError` with the
 * reason `cannot_adopt` for what cannot be carried over safely.
 */
export function draftFromContainer(raw: RawContainer, image: Fields, around: CloneContext): Draft {
  refuseUnclonable(raw);
  const { HostConfig: host } = raw;
  const { network: mode, left } = networkOf(raw, around.networks);
  const network = currentMode(mode, around);
  const sharesNetwork = network.startsWith('container:');
  return {
    config: ownConfig(raw, image, around, sharesNetwork),
    hostConfig: {
      ...host,
      NetworkMode: network,
      IpcMode: currentMode(host.IpcMode, around),
      PidMode: currentMode(host.PidMode, around),
      // Null and empty are the same to an engine, but not to those who compare inspections.
      Binds: some(host.Binds.filter((bind) => splitBind(bind).source !== '')),
      // Engines give them in any order.
      Links: some(host.Links.map((link) => linkOf(link, around)).toSorted()),
      VolumesFrom: some(host.VolumesFrom.flatMap((from) => volumesFrom(from, around))),
      Mounts: some(mountsOf(raw, around)),
    },
    endpoints: sharesNetwork ? new Map() : endpointsOf(raw, around.minor),
    ...(left !== undefined && { leftNetwork: left }),
  };
}

function refuseUnclonable({ Config: config, HostConfig: host, State: state, Name: name }: RawContainer): void {
  const no = (why: string, hint: string) => new UserError('cannot_adopt', `${code(name)} ${why}`, hint);
  if (host.AutoRemove)
    throw no(
      'removes itself when it stops (--rm), so it could not be rolled back to.',
      'Run the container without --rm, or add it as a service to the config.',
    );
  if (config.Labels['com.docker.swarm.service.id'] !== undefined)
    throw no(
      'is a task of a Swarm service, and Swarm would undo the deploy.',
      `Deploy the service ${code(config.Labels['com.docker.swarm.service.name'] ?? '')} instead.`,
    );
  if (state.Paused) throw no('is paused.', 'Unpause the container first.');
  if (state.Status === 'removing' || state.Status === 'dead')
    throw no(`is ${state.Status}.`, 'On the host: docker inspect');
}

const some = <T>(all: readonly T[]) => (all.length > 0 ? all : undefined);
const equal = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

// Shell, OnBuild and ArgsEscaped are the image's affair alone.
const IMAGE_ONLY = ['Image', 'Shell', 'OnBuild', 'ArgsEscaped'];
const BY_VALUE = ['WorkingDir', 'User', 'StopSignal'];

function ownConfig(
  { Id, Config: config, HostConfig: host }: RawContainer,
  image: Fields,
  around: CloneContext,
  shares: boolean,
) {
  const own: Record<string, unknown> = { ...config };
  for (const key of IMAGE_ONLY) delete own[key];
  for (const key of BY_VALUE) if (equal(own[key], image[key]) || isEmpty(own[key])) delete own[key];
  own['Env'] = config.Env.filter((pair) => !listOf(image['Env']).includes(pair));
  own['Labels'] = Object.fromEntries(
    Object.entries(config.Labels).filter(
      ([key, value]) => !isRunLabel(key) && recordOf(image['Labels'])[key] !== value,
    ),
  );
  Object.assign(own, command(config, image));
  own['Healthcheck'] = withoutDefaults(config.Healthcheck ?? {}, recordOf(image['Healthcheck']));
  own['Volumes'] = withoutDefaults(config.Volumes ?? {}, recordOf(image['Volumes']), false);
  const published = Object.keys(host.PortBindings ?? {}).filter((port) => port in (config.ExposedPorts ?? {}));
  own['ExposedPorts'] = {
    ...withoutDefaults(config.ExposedPorts ?? {}, recordOf(image['ExposedPorts']), false),
    // A port that is published must be exposed, and the new image may not do it.
    ...Object.fromEntries(published.map((port) => [port, {}])),
  };
  const isDefaultName = config.Hostname === Id.slice(0, 12);
  if (isDefaultName || shares || host.NetworkMode === 'host' || host.UTSMode === 'host') delete own['Hostname'];
  // Newer engines take it with each network.
  if (isEmpty(own['MacAddress']) || around.minor >= 44) delete own['MacAddress'];
  for (const key of ['Healthcheck', 'Volumes', 'ExposedPorts'])
    if (Object.keys(recordOf(own[key])).length === 0 || (shares && key === 'ExposedPorts')) delete own[key];
  return own;
}

// What the tools that made the container said about that one run of theirs.
const RUN_LABELS: readonly string[] = ['com.docker.compose.replace', ...Object.values(LABELS)];
const isRunLabel = (label: string) => RUN_LABELS.includes(label);

// A command is the image's only together with the image's entrypoint: with another one, the engine leaves it out.
function command(config: RawContainer['Config'], image: Fields): Fields {
  const isDefault = equal(config.Entrypoint, listOf(image['Entrypoint']));
  const isDefaultCommand = isDefault && equal(config.Cmd, listOf(image['Cmd']));
  // An empty list would mean the image's; this is how an engine is told of none.
  const entrypoint = config.Entrypoint.length === 0 ? [''] : config.Entrypoint;
  return {
    Entrypoint: isDefault ? undefined : entrypoint,
    Cmd: isDefaultCommand || config.Cmd.length === 0 ? undefined : config.Cmd,
  };
}

function withoutDefaults(own: Fields, image: Fields, byValue = true): Fields {
  return Object.fromEntries(
    Object.entries(own).filter(([key, value]) => !(key in image) || (byValue && !equal(value, image[key]))),
  );
}

/**
 * A volume nobody named is found only through the container that has it: made again without this, the new container
 * would begin with an empty one. So is what it has from a container that is gone, or that has other volumes by now.
 */
function mountsOf(
  { Mounts: mounts, HostConfig: host }: RawContainer,
  { borrowedMounts: lent }: CloneContext,
): Fields[] {
  const at = new Map(mounts.map((mount) => [mountPath(mount.Destination), mount]));
  const given = host.Mounts.map((mount) => {
    const there = mount.Type === 'volume' && mount.Source === '' ? at.get(mountPath(mount.Target)) : undefined;
    return there ? { ...mount, Source: volumeName(there) } : mount;
  });
  const binds = host.Binds.map(splitBind).filter(({ source }) => source !== '');
  const spelledOut = new Set([
    ...host.Mounts.map(({ Target }) => mountPath(Target)),
    ...binds.map(({ target }) => target),
    ...Object.keys(host.Tmpfs ?? {}).map(mountPath),
  ]);
  const isLent = (mount: RawMount) =>
    lent.some(
      ({ Type, Source, Destination }) =>
        Type === mount.Type && Source === mount.Source && Destination === mount.Destination,
    );
  const found = [...at].filter(([path, mount]) => !spelledOut.has(path) && !isLent(mount)).map(([, mount]) => mount);
  return [...given, ...found.toSorted(byPath).flatMap((mount) => mountRequest(mount, host.VolumesFrom.length > 0))];
}

type RawMount = RawContainer['Mounts'][number];

/** Engines list mounts in another order at each look. */
export const byPath = (a: RawMount, b: RawMount) => (a.Destination < b.Destination ? -1 : 1);

/** Names what is mounted now; a folder of the host only if asked to, as engines mount some by themselves. */
export function mountRequest(mount: RawMount, withFolders = false): Fields[] {
  const { Type, Source, Destination, RW } = mount;
  const rest = { Target: Destination, ReadOnly: RW === false };
  if (Type === 'volume' && volumeName(mount) !== '') return [{ Type, Source: volumeName(mount), ...rest }];
  return Type === 'bind' && withFolders ? [{ Type, Source, ...rest }] : [];
}

function currentMode(mode: string, { nameOf }: CloneContext): string {
  if (!mode.startsWith('container:')) return mode;
  const other = mode.slice('container:'.length);
  return `container:${nameOf(other) ?? other}`;
}

// Of a container that is gone, or was set aside, what is mounted is named instead.
function volumesFrom(from: string, { nameOf }: CloneContext): string[] {
  const [id = '', ...mode] = from.split(':');
  const name = nameOf(id);
  return name === undefined || isSetAside(name) ? [] : [[name, ...mode].join(':')];
}

/** Engines give `/other:/this/alias`, and take `other:alias`. */
function linkOf(link: string, { nameOf }: CloneContext): string {
  const [other = '', alias = ''] = link.split(':');
  const name = other.replace(/^\//u, '');
  return `${nameOf(name) ?? name}:${alias.split('/').at(-1)}`;
}

const recordOf = (value: unknown) => (value ?? {}) as Readonly<Record<string, unknown>>;
const listOf = (value: unknown) => (value ?? []) as readonly string[];
