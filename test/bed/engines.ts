import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { installPackages, missingPackages } from '../../playground/engine/packages.ts';
import { type PrivateEngine, type PrivateEngineOptions, startEngine } from '../../playground/engine/private-engine.ts';

/**
 * Which Docker the tests run on: `machine` is that of the machine's packages; `newest` that of Debian testing, in a folder of
 * its own, with images as overlay2 keeps them; `newest-containerd` the same with containerd's image store.
 */
const KINDS = ['machine', 'newest', 'newest-containerd'] as const;
type Kind = (typeof KINDS)[number];

export function engineKind(): Kind {
  const said = process.env['FAIRLEAD_TEST_ENGINE'] ?? 'machine';
  const kind = KINDS.find((one) => one === said);
  if (kind === undefined) throw new Error(`FAIRLEAD_TEST_ENGINE is ${said}, not one of ${KINDS.join(', ')}.`);
  return kind;
}

const NEWEST_PACKAGES = ['docker.io', 'podman', 'aardvark-dns', 'iptables', 'iproute2', 'ca-certificates'];
/** Of other packages, another folder: what is kept of former runs is not what is needed now. */
export const NEWEST = `/var/cache/fairlead-tests/debian-testing-${hash('sha256', NEWEST_PACKAGES.join()).slice(0, 8)}`;

/** Starts a private engine of the kind that is tested. */
export function startTestEngine(options: PrivateEngineOptions = {}): Promise<PrivateEngine> {
  const kind = engineKind();
  if (kind === 'machine') return startEngine(options);
  return startEngine({ ...options, root: NEWEST, containerdStore: kind === 'newest-containerd' });
}

/** Extracts the newest Docker, once for the machine; it takes about a minute and a half. */
export async function installNewest(): Promise<void> {
  if (existsSync(NEWEST)) return;
  await installPackages(missingPackages({ debootstrap: 'debootstrap' }));
  mkdirSync(dirname(NEWEST), { recursive: true });
  const fresh = `${NEWEST}.${process.pid}`;
  const words = ['--variant=minbase', `--include=${NEWEST_PACKAGES.join(',')}`, 'testing', fresh, mirror()];
  try {
    execFileSync('debootstrap', words, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 });
    renameSync(fresh, NEWEST);
  } catch (error) {
    // A run that began at the same time may have been first.
    if (!existsSync(NEWEST)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Where this machine's own Debian packages come from. */
function mirror(): string {
  const words = ['indextargets', '--format', '$(ORIGIN) $(RELEASE) $(REPO_URI)', 'Created-By: Packages'];
  const lines = execFileSync('apt-get', words, { encoding: 'utf8' }).split('\n');
  const found = lines.find((line) => /^Debian \S*(?<!-security) /u.test(line))?.split(' ')[2];
  if (found === undefined)
    throw new Error('This machine has no source of Debian packages to take the newest Docker from.');
  return found;
}
