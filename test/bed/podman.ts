import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callEngine } from '../../playground/engine/api.ts';
import { inRoot } from '../../playground/engine/daemons.ts';
import { SYSTEM_ENV } from '../../playground/engine/host.ts';
import { NEWEST } from './engines.ts';

/** Podman's service, which answers in Docker's API. */
export interface Podman {
  readonly socketPath: string;
  stop(): Promise<void>;
}

const READY_MS = 20_000;

/** Starts that of the newest Debian, with a folder of its own; it may pull from `registry` without TLS. */
export async function startPodman(registry: string): Promise<Podman> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-podman-'));
  const at = (name: string) => join(dir, name);
  writeFileSync(at('registries.conf'), `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`);
  writeFileSync(
    at('containers.conf'),
    `[network]\nfirewall_driver = "iptables"\nnetwork_config_dir = "${at('networks')}"\n`,
  );
  const [command, ...args] = inRoot(NEWEST, [
    'podman',
    ...['--root', at('root'), '--runroot', at('runroot'), '--tmpdir', at('tmp'), '--cgroup-manager', 'cgroupfs'],
    // Which Docker uses too: newer crun refuses machines that have cgroups of both versions.
    ...['--runtime', 'runc'],
    ...['system', 'service', '--time', '0', `unix://${at('podman.sock')}`],
  ]);
  const log = openSync(at('log'), 'a');
  const service = spawn(command, args, {
    stdio: ['ignore', log, log],
    env: { ...SYSTEM_ENV, CONTAINERS_REGISTRIES_CONF: at('registries.conf'), CONTAINERS_CONF: at('containers.conf') },
  });
  closeSync(log);
  const ended = once(service, 'exit');
  const socketPath = at('podman.sock');
  const until = performance.now() + READY_MS;
  const ping = () => callEngine(socketPath, 'GET', '/_ping').catch(() => undefined);
  while (!existsSync(socketPath) || (await ping())?.status !== 200) {
    if (service.exitCode !== null || performance.now() > until)
      throw new Error(`Podman did not start: see ${at('log')}`);
    await sleep(50);
  }
  return {
    socketPath,
    async stop() {
      const { text } = await callEngine(socketPath, 'GET', '/containers/json?all=true');
      for (const { Id } of JSON.parse(text) as { Id: string }[])
        await callEngine(socketPath, 'DELETE', `/containers/${Id}?force=true&v=true`);
      service.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
