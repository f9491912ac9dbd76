import { code, UserError } from '../../domain/errors.ts';
import { mountPath } from '../../domain/volumes.ts';
import { MAX_LABELS } from '../shapes/fields.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { Draft, Fields } from './draft.ts';
import { endpointsOf, type Networks, networkOf } from './endpoints.ts';
import { splitBind, volumeName } from './mounts.ts';
import { isSetAside, LABELS } from './names.ts';

/** What a clone depends on besides its own container. */
export interface CloneContext {
  /** Minor number of the engine's API version. */
  readonly minor: number;
  /** Name of the container that a reference means now: an id stops working as soon as that container is recreated. */
  readonly nameOf: (reference: string) => string | undefined;
  /** Mounts of the containers this one has volumes from (`--volumes-from`). */
  readonly borrowedMounts: RawContainer['Mounts'];
  /** Empty where the engine cannot disconnect a container from its network (Podman). */
  readonly networks: Networks;
}

/**
 * Settings of a running container as they were set by someone, for a container of another image: an engine mixes the
 * image's defaults in, and a full copy would freeze the defaults of the old image. Throws a `UserError` with the reason
 * `cannot_adopt` for what cannot be carried over safely.
 */
export function draftFromContainer(raw: RawContainer, image: Fields, context: CloneContext): Draft {
  refuseUnclonable(raw);
  const { HostConfig: host } = raw;
  const { network: mode, left } = networkOf(raw, context.networks);
  const network = currentMode(mode, context);
  const sharesNetwork = network.startsWith('container:');
  return {
    config: ownConfig(raw, image, context, sharesNetwork),
    hostConfig: {
      ...host,
      NetworkMode: network,
      IpcMode: currentMode(host.IpcMode, context),
      PidMode: currentMode(host.PidMode, context),
      // Null and empty are equal to an engine, but not to tools that compare inspections.
      Binds: some(host.Binds.filter((bind) => splitBind(bind).source !== '')),
      // Sorted, since engines return links in any order.
      Links: some(host.Links.map((link) => linkOf(link, context)).toSorted()),
      VolumesFrom: some(host.VolumesFrom.flatMap((from) => volumesFrom(from, context))),
      Mounts: some(mountsOf(raw, context)),
    },
    endpoints: sharesNetwork ? new Map() : endpointsOf(raw, context.minor),
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
  if (Object.keys(config.Labels).length >= MAX_LABELS)
    throw no(`has ${MAX_LABELS} labels or more, and not all of them are read.`, 'Create it again with fewer labels.');
  if (state.Paused) throw no('is paused.', 'Unpause the container first.');
  if (state.Status === 'removing' || state.Status === 'dead')
    throw no(`is ${state.Status}.`, 'On the host: docker inspect');
}

const some = <T>(all: readonly T[]) => (all.length > 0 ? all : undefined);
const equal = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

// Shell, OnBuild and ArgsEscaped belong to the image alone.
const IMAGE_ONLY = ['Image', 'Shell', 'OnBuild', 'ArgsEscaped'];
const BY_VALUE = ['WorkingDir', 'User', 'StopSignal'];

function ownConfig(
  { Id, Config: config, HostConfig: host }: RawContainer,
  image: Fields,
  context: CloneContext,
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
    // A published port must be exposed, and the new image may not expose it.
    ...Object.fromEntries(published.map((port) => [port, {}])),
  };
  const isDefaultName = config.Hostname === Id.slice(0, 12);
  if (isDefaultName || shares || host.NetworkMode === 'host' || host.UTSMode === 'host') delete own['Hostname'];
  // Newer engines take the MAC address with each network.
  if (isEmpty(own['MacAddress']) || context.minor >= 44) delete own['MacAddress'];
  for (const key of ['Healthcheck', 'Volumes', 'ExposedPorts'])
    if (Object.keys(recordOf(own[key])).length === 0 || (shares && key === 'ExposedPorts')) delete own[key];
  return own;
}

// Labels in which tools describe the one run of theirs that created the container.
const RUN_LABELS: readonly string[] = ['com.docker.compose.replace', ...Object.values(LABELS)];
const isRunLabel = (label: string) => RUN_LABELS.includes(label);

// The default command applies only with the image's entrypoint: with another entrypoint the engine ignores it.
function command(config: RawContainer['Config'], image: Fields): Fields {
  const isDefault = equal(config.Entrypoint, listOf(image['Entrypoint']));
  const isDefaultCommand = isDefault && equal(config.Cmd, listOf(image['Cmd']));
  // An empty list means the image's entrypoint; this is how an engine is told to use none.
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
 * Mounts of the clone. An anonymous volume is found only through the container that has it, so it is mounted by name;
 * otherwise the clone would start with an empty one. The same holds for volumes from a container that is gone or has
 * other volumes now.
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

/** Sorted, since engines return mounts in any order. */
export const byPath = (a: RawMount, b: RawMount) => (a.Destination < b.Destination ? -1 : 1);

/** Requests what is mounted now. Host folders only with `withFolders`, since engines mount some by themselves. */
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

// Volumes of a container that is gone or was set aside are mounted by name instead.
function volumesFrom(from: string, { nameOf }: CloneContext): string[] {
  const [id = '', ...mode] = from.split(':');
  const name = nameOf(id);
  return name === undefined || isSetAside(name) ? [] : [[name, ...mode].join(':')];
}

/** Engines return `/other:/this/alias` and take `other:alias`. */
function linkOf(link: string, { nameOf }: CloneContext): string {
  const [other = '', alias = ''] = link.split(':');
  const name = other.replace(/^\//u, '');
  return `${nameOf(name) ?? name}:${alias.split('/').at(-1)}`;
}

const recordOf = (value: unknown) => (value ?? {}) as Readonly<Record<string, unknown>>;
const listOf = (value: unknown) => (value ?? []) as readonly string[];
