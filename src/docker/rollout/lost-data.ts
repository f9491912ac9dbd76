import { mountPath } from '../../domain/volumes.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { Draft } from './draft.ts';
import { describeMount, isUnnamed, type Mounted, mountsIn, volumeName } from './mounts.ts';

/**
 * Data of the running container that the new version would not have, one sentence each. `own` are the settings that are
 * carried over, `raw` is the running container.
 */
export function dataLeftBehind(raw: RawContainer, own: Draft, next: Draft): string[] {
  const after = mountsIn(next);
  const before = mountsIn(own);
  const isSameLenders = String(own.hostConfig['VolumesFrom'] ?? '') === String(next.hostConfig['VolumesFrom'] ?? '');
  const borrowed = isSameLenders
    ? []
    : raw.Mounts.filter((at) => !before.has(mountPath(at.Destination))).flatMap(ofRaw);
  const sources = new Set([...after.values()].map(({ source }) => source));
  return [...before, ...borrowed]
    .filter(([, { kind }]) => kind === 'volume' || kind === 'bind')
    .filter(
      ([path, mount]) => !isSameData(mount, after.get(path)) && (mount.source === '' || !sources.has(mount.source)),
    )
    .map(([path, mount]) => {
      const there = after.get(path);
      const instead = there ? `has ${describeMount(there)} there` : 'mounts nothing there';
      const unnamed = isUnnamed(mount.source) ? ', an anonymous volume' : '';
      return `Left behind: the data in ${path} (${describeMount(mount)}${unnamed}). The new version ${instead}.`;
    });
}

/** A warning about paths whose files are in memory and start empty in every new container. */
export function tmpfsWarnings(own: Draft): string[] {
  const paths = [...mountsIn(own)].filter(([, { kind }]) => kind === 'tmpfs').map(([path]) => path);
  return paths.length > 0 ? [`Files in memory (tmpfs) are lost, as on every restart: ${paths.join(', ')}.`] : [];
}

function isSameData(before: Mounted, after: Mounted | undefined): boolean {
  const subpath = ({ options }: Mounted) => /"Subpath","([^"]*)"/u.exec(options)?.[1];
  const isSame = before.kind === after?.kind && before.source === after.source && subpath(before) === subpath(after);
  return isSame && before.source !== '';
}

function ofRaw(mount: RawContainer['Mounts'][number]): [string, Mounted][] {
  if (mount.Type !== 'volume' && mount.Type !== 'bind') return [];
  const source = mount.Type === 'volume' ? volumeName(mount) : mount.Source;
  return [[mountPath(mount.Destination), { kind: mount.Type, source, readOnly: mount.RW === false, options: '' }]];
}
