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
  /** The programs on its PATH; by default `PROGRAMS`. */
  readonly applets?: readonly string[];
}

/**
 * The programs of a usual image. All of busybox's would be some 270 links, which an engine makes anew for each image: that takes
 * longer than all else about it.
 */
const PROGRAMS = `
  [ [[ arch ash awk base64 basename bc cat chmod chown chroot cp cut date dd df diff dirname du echo env expr
  false find fold free grep groups gzip halt head hostid hostname httpd id ifconfig init ip kill less ln ls
  md5sum mkdir mkfifo more mount mv nc nslookup passwd pidof ping printf ps pwd readlink rm rmdir route sed seq
  sh sha256sum sleep sort stat strings sync sysctl tail tar tee test timeout top touch tr true truncate tty
  umount uname uniq unlink unshare uptime usleep vi watch wc wget which whoami xargs yes
`
  .trim()
  .split(/\s+/u);

/** Makes an image from the host's static busybox. */
export async function importBusybox(socketPath: string, name: string, options: ImageOptions = {}): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'fairlead-image-'));
  const tidy = () => rmSync(root, { recursive: true, force: true });
  // `finally` does not run after Ctrl-C.
  process.once('exit', tidy);
  try {
    fillRoot(root, options.salt ?? name, options.applets ?? PROGRAMS);
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

/** Makes an image from Dockerfile lines, with the usual programs. */
export function makeImage(
  socketPath: string,
  name: string,
  changes: readonly string[] = [],
  salt = name,
): Promise<void> {
  return importBusybox(socketPath, name, { changes, salt });
}

function fillRoot(root: string, salt: string, applets: readonly string[]): void {
  for (const folder of ['bin', 'tmp', 'etc', 'data', 'proc', 'sys', 'dev']) mkdirSync(join(root, folder));
  const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  copyFileSync(busybox, join(root, 'bin/busybox'));
  for (const applet of applets) symlinkSync('busybox', join(root, 'bin', applet));
  symlinkSync('busybox', join(root, 'bin', `salt-${createHash('sha256').update(salt).digest('hex').slice(0, 16)}`));
}
