import { posix } from 'node:path';
import { z } from 'zod';
import { TRICKS } from '../text/invisible.ts';

/** One mount, as docker's `-v` says it. */
export interface MountedVolume {
  readonly kind: 'bind' | 'volume' | 'anonymous';
  /** A folder of the host, or a volume's name; undefined for an anonymous volume. */
  readonly source: string | undefined;
  /** Absolute path in the container, as an engine mounts it: `/data` for `/data/`. */
  readonly target: string;
  readonly readOnly: boolean;
  /** Everything after the second colon, as written: `ro`, `rw,z`. */
  readonly mode: string;
}

const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/u;
const MODE = /^(?:ro|rw|z|Z|nocopy|consistent|cached|delegated|r?private|r?shared|r?slave)$/u;

/** What docker's `-v` takes: `/data`, `name:/data[:ro]`, `/srv/x:/data[:ro,z]`. Undefined when it is none of these. */
export function parseVolume(text: string): MountedVolume | undefined {
  // No path that people can be shown as it is.
  if (text.replace(TRICKS, '') !== text) return undefined;
  const parts = text.split(':');
  if (parts.length > 3 || parts.some((part) => part === '')) return undefined;
  const [source, typed = '', mode = ''] = parts.length === 1 ? [undefined, parts[0]] : parts;
  const target = mountPath(typed);
  if (!typed.startsWith('/') || typed.split('/').includes('..') || target === '/') return undefined;
  if (mode !== '' && !mode.split(',').every((word) => MODE.test(word))) return undefined;
  const rest = { source, target, mode, readOnly: mode.split(',').includes('ro') };
  if (source === undefined) return { ...rest, kind: 'anonymous' };
  if (plainPath(source)) return { ...rest, kind: 'bind' };
  return VOLUME_NAME.test(source) ? { ...rest, kind: 'volume' } : undefined;
}

/** The path an engine mounts at, of all the ways to write it: `/data`, `/data/`, `//data` and `/data/.` are one. */
export const mountPath = (path: string) => posix.resolve('/', path);

// A path that climbs could name another folder than the one a guardrail compares.
function plainPath(path: string): boolean {
  return path.startsWith('/') && !path.split('/').some((part) => part === '..' || part === '.');
}

/** A mount typed by a person or written in the config, checked and kept as it is. */
export const VolumeText = z
  .string()
  .refine(
    (text) => parseVolume(text) !== undefined,
    'is a mount such as data:/var/lib/data, /srv/shop:/data:ro or /cache',
  );
