import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

/** In a network and with files of its own: the names of its hosts are asked of a DNS server that the program starts. */
async function inOwnNetwork(program: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-dns-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost web.file.test\n');
  const script = `mount --bind ${folder}/resolv.conf /etc/resolv.conf && mount --bind ${folder}/hosts /etc/hosts &&
    ip link set lo up && exec "$@"`;
  const args = ['--mount', '--net', 'sh', '-c', script, 'sh', process.execPath, program];
  const { stdout } = await promisify(execFile)('unshare', args, { timeout: 50_000 });
  return stdout;
}

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
if (!isRoot)
  process.stderr.write('\n!!! Not root on Linux: the test of names that DNS does not answer is skipped.\n\n');

it.skipIf(!isRoot)(
  'DNS that does not answer is named, delays no other host, and is not needed for a name it gave',
  async () => {
    const { first, silent, denied, gone } = JSON.parse(
      await inOwnNetwork(new URL('dns-away.ts', import.meta.url).pathname),
    ) as Record<
      'first' | 'silent' | 'denied' | 'gone',
      { readonly host: string; readonly ms: number; readonly fault?: string; readonly said: string }[]
    >;

    const lost = first.filter(({ host }) => host.startsWith('lost-'));
    expect(lost).toHaveLength(5);
    for (const [index, { said, fault, ms }] of lost.entries()) {
      expect({ said, fault }).toEqual({
        fault: 'unreachable',
        said: `getaddrinfo EAI_AGAIN web-${index + 1}.lost.test (no answer from DNS within 3 s)`,
      });
      // Less than the five seconds of a call, after which nobody would know why.
      expect(ms).toBeLessThan(4800);
    }
    const others = first.filter(({ host }) => !host.startsWith('lost-'));
    expect(others.map(({ host, fault }) => [host, fault])).toEqual([
      ['known', undefined],
      ['in-file', undefined],
      ['by-address', undefined],
    ]);
    for (const { ms } of others) expect(ms).toBeLessThan(2900);

    expect(silent.map(({ fault }) => fault)).toEqual([undefined, undefined, undefined]);
    // A resolver that has lost its source says that there is no such name; a name that is gone stays so.
    expect(denied.map(({ fault }) => fault)).toEqual([undefined]);
    expect(gone).toMatchObject([{ fault: 'unreachable', said: 'getaddrinfo ENOTFOUND web.known.test' }]);
  },
  60_000,
);
