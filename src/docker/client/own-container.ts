import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Files that an engine mounts into every container, from a folder named after the container's id. */
const GIVEN = ['/etc/hostname', '/etc/hosts', '/etc/resolv.conf'];

/**
 * Prefixes of the id of the container this process runs in; none outside of a container. Read from the mounts of an
 * engine (which work with cgroup v1 and v2, whatever the container's name), from the control group, and from the host
 * name, which is the beginning of the id unless someone changed it.
 */
export function containerIdsFrom(mountinfo: string, cgroup: string, host: string): readonly string[] {
  const mounted = mountinfo.split('\n').flatMap((line) => {
    const [, , , root = '', point = ''] = line.split(' ');
    // On a host the mounts of all its containers are listed, at other mount points.
    return GIVEN.includes(point) ? (/containers\/([0-9a-f]{64})\//u.exec(root)?.[1] ?? []) : [];
  });
  const grouped = [...cgroup.matchAll(/(?:\/docker\/|(?:docker|libpod)-)([0-9a-f]{64})/gu)].map(([, id = '']) => id);
  return [...new Set([...mounted, ...grouped, ...(/^[0-9a-f]{12}$/u.test(host) ? [host] : [])])];
}

let known: readonly string[] | undefined;

/** The ids of this process, read once. */
export function ownContainerIds(): readonly string[] {
  known ??= containerIdsFrom(read('/proc/self/mountinfo'), read('/proc/self/cgroup'), hostname());
  return known;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
