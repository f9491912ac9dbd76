import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

/** In a network and with files of its own: the names of its hosts are asked of a DNS server that the program starts (`dns-server.ts`). */
export async function inOwnNetwork(program: URL): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-dns-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost web.file.test\n');
  const script = `mount --bind ${folder}/resolv.conf /etc/resolv.conf && mount --bind ${folder}/hosts /etc/hosts &&
    ip link set lo up && exec "$@"`;
  const args = ['--mount', '--net', 'sh', '-c', script, 'sh', process.execPath, program.pathname];
  const { stdout } = await promisify(execFile)('unshare', args, { timeout: 50_000 });
  return stdout;
}

export const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
if (!isRoot)
  process.stderr.write('\n!!! Not root on Linux: the tests of names that DNS does not answer are skipped.\n\n');
