import type { Fields } from './draft.ts';

/** Security options that leave a container as confined as docker's defaults, or more. */
const USUAL = ['no-new-privileges', 'no-new-privileges=true', 'apparmor=docker-default', 'seccomp=builtin'];
/** Paths that each version of docker hides from containers, and those that it makes read-only. */
const HIDDEN = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/sys/firmware',
];
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/**
 * Settings that may take a part of the kernel's usual confinement away, as one would give them to docker. An option that
 * is not known to be harmless counts: a seccomp profile given as JSON can allow every call.
 */
export function lessConfined(hostConfig: Fields): string[] {
  const options = ((hostConfig['SecurityOpt'] ?? []) as readonly string[])
    // Both signs mean the same to an engine.
    .map((option) => option.replace(/^([a-z-]{1,40}):/u, '$1='))
    .filter((option) => !USUAL.includes(option))
    .map((option) => (option.startsWith('seccomp={') ? 'seccomp={…}' : option));
  return hostConfig['Privileged'] ? options : [...options, ...openPaths(hostConfig)];
}

// Without a list, or with null, an engine takes its own.
function openPaths(hostConfig: Fields): string[] {
  const missing = (key: string, usual: readonly string[]) => {
    const listed: unknown = hostConfig[key];
    return Array.isArray(listed) ? usual.filter((path) => !listed.includes(path)) : [];
  };
  const shown = missing('MaskedPaths', HIDDEN);
  const writable = missing('ReadonlyPaths', READ_ONLY);
  if (shown.length === HIDDEN.length) return ['systempaths=unconfined'];
  return [...shown.map((path) => `${path} visible`), ...writable.map((path) => `${path} writable`)];
}
