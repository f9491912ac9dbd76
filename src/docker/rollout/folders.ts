import { posix } from 'node:path';
import type { Fields } from './draft.ts';
import type { Guarded } from './types.ts';

type Options = Readonly<Record<string, string>>;

// The same place: /var/run links to /run.
const running = (path: string) => [`/var/run/${path}`, `/run/${path}`];
const SOCKETS = ['docker.sock', 'podman/podman.sock'].flatMap(running);
/** Folders where engines keep images and volumes. Write access to them is root access to the host. */
const DATA_ROOTS = ['/var/lib/docker', '/var/lib/containers'];
/** What is below an engine, and starts any container for who can reach it. */
const RUNTIMES = ['/var/lib/containerd', ...['containerd', 'docker', 'crio'].flatMap(running)];
const ENGINE = [...SOCKETS, ...DATA_ROOTS, ...RUNTIMES];

const contains = (folder: string, path: string) =>
  path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);

/** The volume whose files are in a host folder, by the layout of the engine's data folder. */
export function volumeOfFolder(folder: string): string[] {
  const root = DATA_ROOTS.find((one) => contains(one, folder));
  const name = root && /^(?:\/storage|\/\d+\.\d+)?\/volumes\/([^/]+)(?:\/|$)/u.exec(folder.slice(root.length))?.[1];
  return name === undefined ? [] : [name];
}

/** Whether a folder is the engine's socket or contains it. */
export const exposesSocket = (folder: string) => SOCKETS.some((path) => contains(folder, path));

/** Whether a folder contains the engine's socket or data, or is part of them. */
function exposesEngine(folder: string): boolean {
  if (ENGINE.some((path) => contains(folder, path)) || RUNTIMES.some((path) => contains(path, folder))) return true;
  return DATA_ROOTS.some((root) => contains(root, folder)) && volumeOfFolder(folder).length === 0;
}

/** Facts about host folders for the guardrails. Takes folders as `normalizeFolder` returns them. */
export function folderRisks(folders: readonly string[]): Pick<Guarded, 'kind' | 'what'>[] {
  return [
    ...folders.filter(exposesEngine).map((what) => ({ kind: 'docker-socket' as const, what })),
    ...folders.filter((folder) => !SOCKETS.includes(folder)).map((what) => ({ kind: 'bind' as const, what })),
  ];
}

/**
 * Normalizes a path as an engine does: `/srv//shop/` is `/srv/shop`. A path with `..` stays as it is, and no pattern
 * allows it.
 */
export function normalizeFolder(path: string): string {
  if (path.split('/').includes('..')) return path;
  return posix.normalize(path).replace(/(?<=.)\/$/u, '');
}

const words = ({ o = '' }: Options) => o.split(',');
const isBind = (options: Options) => words(options).some((word) => word === 'bind' || word === 'rbind');

/** Filesystems that show the kernel of the host wherever they are mounted, and the folder that has the same files. */
const OF_KERNEL: Options = {
  proc: '/proc',
  binfmt_misc: '/proc/sys/fs/binfmt_misc',
  sysfs: '/sys',
  cgroup: '/sys/fs/cgroup',
  cgroup2: '/sys/fs/cgroup',
  bpf: '/sys/fs/bpf',
  pstore: '/sys/fs/pstore',
  selinuxfs: '/sys/fs/selinux',
  efivarfs: '/sys/firmware/efi/efivars',
  configfs: '/sys/kernel/config',
  debugfs: '/sys/kernel/debug',
  securityfs: '/sys/kernel/security',
  tracefs: '/sys/kernel/tracing',
  devtmpfs: '/dev',
  devpts: '/dev/pts',
  mqueue: '/dev/mqueue',
};
/** Filesystems whose `device` is a server and a path there, as `//nas/share`. */
const REMOTE = ['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', 'glusterfs'];

/** Host folders behind a volume of the local driver: bound, layers of an overlay, or the kernel's own. */
export function foldersBehindVolume(options: Options): string[] {
  const { device = '', type = '' } = options;
  const layers = words(options).flatMap(
    (word) => /^(?:lowerdir|upperdir|workdir|datadir)\+?=(.+)$/u.exec(word)?.[1]?.split(':') ?? [],
  );
  const kernels = !isBind(options) && Object.hasOwn(OF_KERNEL, type) ? (OF_KERNEL[type] ?? '') : '';
  // Engines work in `/`, so `etc` is `/etc`.
  return [isBind(options) ? device : '', ...layers, kernels]
    .filter((path) => path !== '')
    .map((path) => (path.startsWith('/') ? path : `/${path}`));
}

/** The host device that a volume of the local driver mounts. */
export function deviceBehindVolume(options: Options): string[] {
  const { device = '', type = '' } = options;
  return device.startsWith('/') && !isBind(options) && !REMOTE.includes(type) ? [device] : [];
}

/** Whether one of two folders contains the other. */
export const overlaps = (one: string, other: string) => contains(one, other) || contains(other, one);

/** Driver options that mounts set themselves. */
export function driverOptions(mounts: readonly Fields[]): Options[] {
  return mounts.map((mount) => {
    const volume = mount['VolumeOptions'] as { DriverConfig?: { Options?: Record<string, string> } } | undefined;
    return volume?.DriverConfig?.Options ?? {};
  });
}
