import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustCall } from './api.ts';

export interface ImageOptions {
  /** Dockerfile lines: `CMD …`, `LABEL …`, `ENV …`. */
  readonly changes?: readonly string[];
  /** Text that makes the image differ from others. */
  readonly salt?: string;
  /** The programs on its PATH; by default all of busybox, which takes longer to unpack. */
  readonly applets?: readonly string[];
}

/** Makes an image from the host's static busybox. */
export async function importBusybox(socketPath: string, name: string, options: ImageOptions = {}): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'fairlead-image-'));
  const tidy = () => rmSync(root, { recursive: true, force: true });
  // `finally` does not run after Ctrl-C.
  process.once('exit', tidy);
  try {
    fillRoot(root, options.salt ?? name, options.applets);
    const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const packed = once(tar, 'exit');
    const colon = name.lastIndexOf(':');
    const query = new URLSearchParams({ fromSrc: '-', repo: name.slice(0, colon), tag: name.slice(colon + 1) });
    for (const change of options.changes ?? []) query.append('changes', change);
    await mustCall(socketPath, 'POST', `/images/create?${query}`, tar.stdout);
    const [code] = await packed;
    if (code !== 0) throw new Error(`tar ended with ${code} while making ${name}.`);
  } finally {
    process.off('exit', tidy);
    tidy();
  }
}

/** Makes an image from Dockerfile lines, with all of busybox. */
export function makeImage(
  socketPath: string,
  name: string,
  changes: readonly string[] = [],
  salt = name,
): Promise<void> {
  return importBusybox(socketPath, name, { changes, salt });
}

function fillRoot(root: string, salt: string, wanted: readonly string[] | undefined): void {
  for (const folder of ['bin', 'tmp', 'etc', 'data', 'proc', 'sys', 'dev']) mkdirSync(join(root, folder));
  const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  copyFileSync(busybox, join(root, 'bin/busybox'));
  const applets = wanted ?? execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const applet of applets) if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
  symlinkSync('busybox', join(root, 'bin', `salt-${createHash('sha256').update(salt).digest('hex').slice(0, 16)}`));
}
