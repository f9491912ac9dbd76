import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';
import type { PrivateCa } from '../registry/private-ca.ts';
import type { Postgres } from './postgres.ts';

/** Lets the server answer with a certificate of that CA. */
export async function secure(postgres: Postgres, url: string, { certificate, key }: PrivateCa): Promise<void> {
  const folder = dirname(key);
  const uid = Number(execFileSync('id', ['-u', 'postgres']));
  const own = join(folder, 'server.key');
  copyFileSync(key, own);
  chmodSync(own, 0o600);
  chownSync(own, uid, 0);
  chmodSync(folder, 0o755);
  for (const [name, value] of [
    ['ssl_cert_file', certificate],
    ['ssl_key_file', own],
    ['ssl', 'on'],
  ])
    await postgres.ask(url, `alter system set ${name} = '${value}'`);
  await postgres.ask(url, 'select pg_reload_conf()');
  await vi.waitUntil(async () => (await postgres.ask(url, 'show ssl')) === 'on', 10_000);
}
