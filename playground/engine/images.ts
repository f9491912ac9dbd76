import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustCall } from './api.ts';

/**
 * Makes an image out of the host's static busybox. `changes` are Dockerfile lines (`CMD …`, `LABEL …`, `ENV …`); `salt`
 * makes one image differ from the next.
 */
export async function makeImage(
  socketPath: string,
  name: string,
  changes: readonly string[] = [],
  salt = name,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'fairlead-image-'));
  try {
    mkdirSync(join(root, 'bin'));
    for (const folder of ['tmp', 'etc', 'data']) mkdirSync(join(root, folder));
    copyFileSync(
      execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim(),
      join(root, 'bin/busybox'),
    );
    for (const applet of [
      'sh',
      'sleep',
      'echo',
      'cat',
      'seq',
      'yes',
      'head',
      'date',
      'true',
      'false',
      'httpd',
      'wget',
      'kill',
    ])
      symlinkSync('busybox', join(root, 'bin', applet));
    symlinkSync('busybox', join(root, 'bin', `salt-${Buffer.from(salt).toString('hex').slice(0, 60)}`));
    const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const colon = name.lastIndexOf(':');
    const query = new URLSearchParams({ fromSrc: '-', repo: name.slice(0, colon), tag: name.slice(colon + 1) });
    for (const change of changes) query.append('changes', change);
    await mustCall(socketPath, 'POST', `/images/create?${query}`, tar.stdout, { 'content-type': 'application/x-tar' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
