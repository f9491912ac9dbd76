import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian's packages and the program each is known by: what an engine and a registry of our own take. */
export const ENGINE_PACKAGES: Readonly<Record<string, string>> = {
  'docker.io': 'dockerd',
  'docker-registry': 'docker-registry',
  'busybox-static': 'busybox',
  iproute2: 'ip',
  iptables: 'iptables',
};

/** Whether packages can be installed: Debian or Ubuntu, and root. */
export function canInstall(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^(?:ID|ID_LIKE)=.*(?:debian|ubuntu)/mu.test(readFileSync('/etc/os-release', 'utf8'));
}

export function missingPackages(packages = ENGINE_PACKAGES): string[] {
  return Object.entries(packages)
    .filter(
      ([, program]) =>
        !['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/bin', '/usr/local/sbin'].some((folder) =>
          existsSync(`${folder}/${program}`),
        ),
    )
    .map(([name]) => name);
}

export async function installPackages(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=120', '-qq'];
  await run('apt-get', [...options, 'update'], { env, timeout: 180_000 });
  await run('apt-get', [...options, 'install', '-y', '--no-install-recommends', ...names], {
    env,
    timeout: 420_000,
    maxBuffer: 50_000_000,
  });
}
