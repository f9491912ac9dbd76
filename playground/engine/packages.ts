import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/bin', '/usr/local/sbin'];

/**
 * The Debian packages that private engines and a registry need, each with the program or file that shows it is
 * installed.
 */
export const ENGINE_PACKAGES: Readonly<Record<string, string>> = {
  'docker.io': 'dockerd',
  'docker-registry': 'docker-registry',
  // Not by its program: the package `busybox` has a program of the same name, which is dynamically linked and useless
  // in an image.
  'busybox-static': '/var/lib/dpkg/info/busybox-static.list',
  iproute2: 'ip',
  iptables: 'iptables',
};

// Debian asks this file whether a package may start its services. An existing file is left alone; the one made here is
// always removed. It keeps the package from starting an engine for the whole machine.
const SCRIPT = `set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 1' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' >$policy
  chmod +x $policy
fi
apt-get -o DPkg::Lock::Timeout=120 update
apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"`;

const DEADLINE_MS = 600_000;

/** Whether packages can be installed: as root on Debian or Ubuntu. */
export function canInstall(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^(?:ID|ID_LIKE)=.*(?:debian|ubuntu)/mu.test(readFileSync('/etc/os-release', 'utf8'));
}

export function missingPackages(packages = ENGINE_PACKAGES): string[] {
  const isThere = (known: string) =>
    known.startsWith('/') ? existsSync(known) : FOLDERS.some((folder) => existsSync(`${folder}/${known}`));
  return Object.entries(packages)
    .filter(([, known]) => !isThere(known))
    .map(([name]) => name);
}

export async function installPackages(
  names: readonly string[],
  onLine: (line: string) => void = () => undefined,
): Promise<void> {
  if (names.length === 0) return;
  const child = spawn('sh', ['-c', `exec 2>&1\n${SCRIPT}`, 'fairlead-install', ...names], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: DEADLINE_MS,
  });
  const last: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    onLine(line);
    last.push(line);
    if (last.length > 15) last.shift();
  });
  const [code, signal] = await once(child, 'close');
  if (code === 0) return;
  const how = signal === null ? `apt-get ended with ${code}` : `nothing after ${DEADLINE_MS / 60_000} min`;
  throw new Error(`Could not install ${names.join(', ')}: ${how}\n${last.join('\n')}`);
}
