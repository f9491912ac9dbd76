import { mountPath } from '../../domain/volumes.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { Draft, Fields } from './draft.ts';

type RawMount = RawContainer['Mounts'][number];

/** A mount of a container to be created, whichever of the engine's four ways requests it. */
export interface Mounted {
  /** `volume`, `bind`, `tmpfs`, or another type of the engine. */
  readonly kind: string;
  /** Name of a volume or path of a host folder; empty for a new volume, and for mounts without a source. */
  readonly source: string;
  readonly readOnly: boolean;
  /** Compared only, never shown: options of a volume driver may hold a password. */
  readonly options: string;
}

/** Whether a volume is anonymous, by its name. */
export const isUnnamed = (name: string) => /^[0-9a-f]{64}$/u.test(name);

/** Name of a mounted volume. Engine 28 omits it for `Binds: ["/data"]`; the path of its folder contains it. */
export function volumeName({ Name, Source }: RawMount): string {
  return Name !== '' ? Name : (/\/volumes\/([0-9a-f]{64})\/_data$/u.exec(Source)?.[1] ?? '');
}

/** Splits an entry of `-v` or `Binds`; a path alone is an anonymous volume. */
export function splitBind(bind: string): { readonly source: string; readonly target: string; readonly mode: string } {
  const [first = '', second, mode = ''] = bind.split(':');
  return second === undefined
    ? { source: '', target: mountPath(first), mode }
    : { source: first, target: mountPath(second), mode };
}

/** Mounts by their path in the container. Later entries cover earlier ones. */
export const mountsIn = (draft: Draft): ReadonlyMap<string, Mounted> => new Map(mountList(draft));

/**
 * Paths in the container that are requested twice, each with its mounts, where engines refuse such a container. They take a
 * `--tmpfs` beside a `--mount`, and what a config has under `Volumes` gives way to the others.
 */
export function mountedTwice({ hostConfig: { Binds, Mounts, Tmpfs } }: Draft): ReadonlyMap<string, readonly Mounted[]> {
  const twice = [
    { Binds, Mounts },
    { Binds, Tmpfs },
  ].flatMap((hostConfig) => {
    const all = Map.groupBy(mountList({ config: {}, hostConfig, endpoints: new Map() }), ([path]) => path);
    return [...all].filter(([, mounts]) => mounts.length > 1);
  });
  return new Map(twice.map(([path, mounts]) => [path, mounts.map(([, mount]) => mount)]));
}

/** Every mount that is requested, with its path, also where another one has the same path: what is judged is all of them. */
export function mountList({ config, hostConfig }: Draft): readonly (readonly [string, Mounted])[] {
  const volumes = Object.keys((config['Volumes'] ?? {}) as Fields);
  const tmpfs = Object.entries((hostConfig['Tmpfs'] ?? {}) as Fields);
  return [
    ...volumes.map((path): [string, Mounted] => [
      mountPath(path),
      { kind: 'volume', source: '', readOnly: false, options: '' },
    ]),
    ...((hostConfig['Binds'] ?? []) as readonly string[]).map(ofBind),
    ...((hostConfig['Mounts'] ?? []) as readonly Fields[]).map(ofMount),
    ...tmpfs.map(([path, options]): [string, Mounted] => [
      mountPath(path),
      { kind: 'tmpfs', source: '', readOnly: false, options: String(options ?? '') },
    ]),
  ];
}

// Options that are defaults on Linux.
const USUAL = ['', 'rw', 'ro', 'rprivate', 'consistent', 'cached', 'delegated'];

function ofBind(bind: string): [string, Mounted] {
  const { source, target, mode } = splitBind(bind);
  const words = mode.split(',');
  const kind = source.startsWith('/') ? 'bind' : 'volume';
  const options = words.filter((word) => !USUAL.includes(word)).toSorted();
  return [
    target,
    {
      kind,
      source: kind === 'bind' ? mountPath(source) : source,
      readOnly: words.includes('ro'),
      options: options.join(),
    },
  ];
}

function ofMount({ Type, Source, Target, ReadOnly, VolumeOptions, BindOptions, ...more }: Fields): [string, Mounted] {
  // Labels of a volume matter only when it is created.
  const { NoCopy, Labels: _, ...volume } = (VolumeOptions ?? {}) as Fields;
  const { Propagation, ...bind } = (BindOptions ?? {}) as Fields;
  const { Consistency: _same, ...rest } = more;
  const words = [NoCopy ? 'nocopy' : '', String(Propagation ?? '')].filter((word) => !USUAL.includes(word));
  const others = Object.entries({ ...volume, ...bind, ...rest }).filter(([, value]) => value && !isEmpty(value));
  const options = [...words, ...(others.length > 0 ? [JSON.stringify(others.toSorted())] : [])];
  const source = String(Source ?? '');
  return [
    mountPath(String(Target)),
    {
      kind: String(Type),
      source: Type === 'bind' ? mountPath(source) : source,
      readOnly: ReadOnly === true,
      options: options.join(),
    },
  ];
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Describes a mount for a card. */
export function describeMount(mount: Mounted | undefined): string {
  if (!mount) return 'not mounted';
  const { kind, source, readOnly } = mount;
  const name = isUnnamed(source) ? `${source.slice(0, 12)}…` : source;
  const what =
    source === '' ? (kind === 'volume' ? 'a new volume' : kind) : kind === 'bind' ? source : `${kind} ${name}`;
  return readOnly ? `${what} (read-only)` : what;
}
