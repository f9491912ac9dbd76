import { posix } from 'node:path';
import { code, UserError } from '../../errors.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { Draft, Endpoint, Fields } from './draft.ts';
import { LABELS } from './names.ts';

/** What else on the host a clone depends on. */
export interface Around {
  /** The minor number of the engine's API. */
  readonly minor: number;
  /** Container names by id: a reference by id dangles as soon as what it names is made anew. */
  readonly names: ReadonlyMap<string, string>;
  /** Volumes it has from other containers (`--volumes-from`). */
  readonly borrowed: ReadonlySet<string>;
}

/**
 * The settings of a running container as somebody gave them, so that it can be made again of another image: an engine
 * mixes the image's defaults into them, and copied whole they would freeze the old image's. Throws a `UserError` with the
 * reason `cannot_adopt` for what cannot be carried over safely.
 */
export function draftOf(raw: RawContainer, image: Fields, around: Around): Draft {
  refuse(raw);
  const { HostConfig: host } = raw;
  const network = named(host.NetworkMode, around);
  const sharesNetwork = network.startsWith('container:');
  return {
    config: ownConfig(raw, image, around, sharesNetwork),
    hostConfig: {
      ...host,
      NetworkMode: network,
      IpcMode: named(host.IpcMode, around),
      PidMode: named(host.PidMode, around),
      // Null and empty are the same to an engine, but not to those who compare inspections.
      Binds: some(host.Binds),
      Links: some(host.Links.map(linkOf)),
      VolumesFrom: some(host.VolumesFrom.map((from) => volumesFrom(from, around))),
      Mounts: some(mountsOf(raw, around)),
    },
    endpoints: sharesNetwork ? new Map() : endpointsOf(raw),
  };
}

function refuse({ Config: config, HostConfig: host, State: state, Name: name }: RawContainer): void {
  const no = (why: string, hint: string) => new UserError('cannot_adopt', `${code(name)} ${why}`, hint);
  if (host.AutoRemove)
    throw no(
      'removes itself when it stops (--rm), so there would be no way back.',
      'Run it without --rm, or describe it as a service in the config.',
    );
  if (config.Labels['com.docker.swarm.service.id'] !== undefined)
    throw no(
      'is a task of a Swarm service, and Swarm would replace whatever is put in its place.',
      `Deploy the service ${code(config.Labels['com.docker.swarm.service.name'] ?? '')} instead.`,
    );
  if (state.Paused) throw no('is paused.', 'Unpause it first.');
  if (state.Status === 'removing' || state.Status === 'dead')
    throw no(`is ${state.Status}.`, 'Look at it on the host: docker inspect.');
}

const some = <T>(all: readonly T[]) => (all.length > 0 ? all : undefined);
const equal = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const empty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

// Shell, OnBuild and ArgsEscaped are the image's affair alone.
const IMAGE_ONLY = ['Image', 'Shell', 'OnBuild', 'ArgsEscaped'];
const BY_VALUE = ['WorkingDir', 'User', 'StopSignal'];

function ownConfig(
  { Id, Config: config, HostConfig: host }: RawContainer,
  image: Fields,
  around: Around,
  shares: boolean,
) {
  const own: Record<string, unknown> = { ...config };
  for (const key of IMAGE_ONLY) delete own[key];
  for (const key of BY_VALUE) if (equal(own[key], image[key]) || empty(own[key])) delete own[key];
  own['Env'] = config.Env.filter((pair) => !listOf(image['Env']).includes(pair));
  own['Labels'] = Object.fromEntries(
    Object.entries(config.Labels).filter(([key, value]) => !isForeign(key) && recordOf(image['Labels'])[key] !== value),
  );
  Object.assign(own, command(config, image));
  own['Healthcheck'] = minus(config.Healthcheck ?? {}, recordOf(image['Healthcheck']));
  own['Volumes'] = minus(config.Volumes ?? {}, recordOf(image['Volumes']), false);
  const published = Object.keys(host.PortBindings ?? {}).filter((port) => port in (config.ExposedPorts ?? {}));
  own['ExposedPorts'] = {
    ...minus(config.ExposedPorts ?? {}, recordOf(image['ExposedPorts']), false),
    // A port that is published must be exposed, and the new image may not do it.
    ...Object.fromEntries(published.map((port) => [port, {}])),
  };
  const isDefaultName = config.Hostname === Id.slice(0, 12);
  if (isDefaultName || shares || host.NetworkMode === 'host' || host.UTSMode === 'host') delete own['Hostname'];
  // Newer engines fill in the address they chose, and cannot tell it from one that was asked for.
  if (empty(own['MacAddress']) || around.minor >= 44) delete own['MacAddress'];
  for (const key of ['Healthcheck', 'Volumes', 'ExposedPorts'])
    if (Object.keys(recordOf(own[key])).length === 0 || (shares && key === 'ExposedPorts')) delete own[key];
  return own;
}

// What the tools that made the container said about that one run of theirs.
const FOREIGN: readonly string[] = ['com.docker.compose.replace', ...Object.values(LABELS)];
const isForeign = (label: string) => FOREIGN.includes(label);

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

function minus(own: Fields, image: Fields, byValue = true): Fields {
  return Object.fromEntries(
    Object.entries(own).filter(([key, value]) => !(key in image) || (byValue && !equal(value, image[key]))),
  );
}

/**
 * A volume nobody named is found only through the container that has it: made again without this, the new container
 * would begin with an empty one.
 */
function mountsOf({ Mounts: mounts, HostConfig: host }: RawContainer, { borrowed }: Around): Fields[] {
  const nameAt = new Map(mounts.filter(({ Type }) => Type === 'volume').map((at) => [at.Destination, at]));
  const given = host.Mounts.map((mount) => {
    const isNameless = mount.Type === 'volume' && mount.Source === '';
    return isNameless ? { ...mount, Source: nameAt.get(mount.Target)?.Name ?? '' } : mount;
  });
  const elsewhere = new Set(
    [
      ...host.Mounts.map(({ Target }) => Target),
      ...host.Binds.map((bind) => bind.split(':')[1] ?? ''),
      ...Object.keys(host.Tmpfs ?? {}),
    ].map(clean),
  );
  const anonymous = [...nameAt.values()].filter(
    ({ Destination, Name }) => !elsewhere.has(Destination) && Name !== '' && !borrowed.has(Name),
  );
  return [...given, ...anonymous.map(mountOf)];
}

const clean = (path: string) => posix.resolve('/', path);

export function mountOf({ Name, Destination, RW }: RawContainer['Mounts'][number]): Fields {
  return { Type: 'volume', Source: Name, Target: Destination, ReadOnly: RW === false };
}

export function endpointsOf({ HostConfig: host, NetworkSettings: settings }: RawContainer): Map<string, Endpoint> {
  const first = host.NetworkMode === 'default' ? 'bridge' : host.NetworkMode;
  const entries = Object.entries(settings.Networks).map(([name, raw]) => {
    const { IPAMConfig, Links, DriverOpts, GwPriority } = raw;
    const asked = { IPAMConfig, Links: Links.length > 0 ? Links : undefined, DriverOpts, GwPriority };
    const rest = Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
    // The container's own short id is one of them on older engines.
    const aliases = raw.Aliases.filter((alias) => !/^[0-9a-f]{12}$/u.test(alias));
    return [name, raw.NetworkID, { aliases, rest }] as const;
  });
  const isFirst = ([name, id]: (typeof entries)[number]) => name === first || id === first;
  return new Map(
    entries
      .toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)))
      .map(([name, , endpoint]): [string, Endpoint] => [name, endpoint]),
  );
}

function named(mode: string, { names }: Around): string {
  if (!mode.startsWith('container:')) return mode;
  const id = mode.slice('container:'.length);
  return `container:${names.get(id) ?? id}`;
}

function volumesFrom(from: string, { names }: Around): string {
  const [id = '', ...mode] = from.split(':');
  return [names.get(id) ?? id, ...mode].join(':');
}

/** Engines give `/other:/this/alias`, and take `other:alias`. */
function linkOf(link: string): string {
  const [other = '', alias = ''] = link.split(':');
  return `${other.replace(/^\//u, '')}:${alias.split('/').at(-1)}`;
}

const recordOf = (value: unknown) => (value ?? {}) as Readonly<Record<string, unknown>>;
const listOf = (value: unknown) => (value ?? []) as readonly string[];
