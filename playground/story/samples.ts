import { callEngine, mustCall, mustSend } from '../engine/api.ts';
import { LABEL } from '../engine/guard.ts';
import { importBusybox } from '../engine/images.ts';
import { type LocalRegistry, registryAuth } from '../engine/registry.ts';

export interface StoryHost {
  readonly name: string;
  readonly socketPath: string;
}

/** The versions of the shop: the running one, the next one, and one that never becomes healthy. */
export const SHOP = { now: '1.4.0', next: '1.5.0', bad: '1.6.0' } as const;

/**
 * Sleeps so that a signal takes effect immediately: a shell handles a signal during `wait`, but not during another
 * command.
 */
const pause = (seconds: number) => `sleep ${seconds} & wait $!`;
/** By default, SIGTERM does not end the first process of a container. */
const ENDS_ON_TERM = `trap 'exit 0' TERM`;
const SERVES = `touch /tmp/ready; i=0; while true; do i=$((i+1)); echo "GET /basket/$i 200 12ms"
[ $((i % 5)) = 0 ] && echo "payment timeout, retrying (order $i)" >&2
[ $((i % 7)) = 1 ] && echo "connecting to postgres://shop:tide-and-rope@db/shop"
${pause(1)}; done`;
const FAILS = `echo "migrating postgres://shop:tide-and-rope@db/shop"
while true; do echo "migration 42 failed: column basket_id already exists, retrying" >&2; ${pause(1)}; done`;
const WORKS = `while true; do echo "queue is empty"; ${pause(5)}; done`;

/** A Dockerfile's `CMD` line. */
const command = (script: string) => `CMD ${JSON.stringify(['sh', '-c', `${ENDS_ON_TERM}; ${script}`])}`;
const HEALTH = 'HEALTHCHECK --interval=1s --timeout=10s --retries=3 CMD test -f /tmp/ready';
const OURS = `LABEL ${LABEL}=1`;

/** The limits of the service in the config, so that a deploy changes only the image. */
export const SHOP_LIMITS = { memory: '64m', cpus: 0.5, pids: 64 } as const;
const LIMITS = { Memory: 64 * 1024 * 1024, NanoCpus: 5e8, PidsLimit: SHOP_LIMITS.pids };

/** The repository of the shop, such as `127.0.0.1:5000/demo/shop`. */
export function shopImage(registry: LocalRegistry): string {
  return `${registry.host}/demo/shop`;
}

/**
 * Makes the samples: containers that log, unused images, and a service whose newer versions are in the registry.
 * Everything has the playground's label, and only what has it is ever removed.
 */
export async function makeSamples(hosts: readonly StoryHost[], registry: LocalRegistry): Promise<void> {
  const [first] = hosts;
  if (first) await publish(first.socketPath, registry);
  await Promise.all(hosts.map((host) => prepareHost(host, registry, host === first)));
}

async function prepareHost({ socketPath }: StoryHost, registry: LocalRegistry, isFirst: boolean): Promise<void> {
  const shop = shopImage(registry);
  await Promise.all([
    // The first host published the image; the others pull it, since the digest has to be the same.
    ...(isFirst ? [] : [pull(socketPath, `${shop}:${SHOP.now}`, registry)]),
    make(socketPath, 'sample/worker:2.0', [command(WORKS)], 'before'),
    make(socketPath, 'sample/migrate:41', [command('echo "41 migrations done"')]),
    make(socketPath, 'sample/report:2024'),
    make(socketPath, 'sample/importer:3.1', [command('cat /etc/importer/settings.yml')]),
  ]);
  // Building the same tag again leaves the first image dangling.
  await make(socketPath, 'sample/worker:2.0', [command(WORKS)]);
  await start(socketPath, 'shop', `${shop}:${SHOP.now}`, { RestartPolicy: { Name: 'unless-stopped' }, ...LIMITS });
  if (!isFirst) return;
  await start(socketPath, 'worker', 'sample/worker:2.0', { NetworkMode: 'none' });
  await start(socketPath, 'migrate-41', 'sample/migrate:41', { NetworkMode: 'none' });
  // Ends at once: its settings are missing.
  await start(socketPath, 'importer', 'sample/importer:3.1', { NetworkMode: 'none' });
}

/** `timeout` bounds what `/exec` runs, and the rest is what ends it when it is stopped sooner. */
const APPLETS = ['sh', 'sleep', 'touch', 'test', 'cat', 'ls', 'ps', 'top', 'timeout', 'tr', 'grep', 'kill'];

function make(socketPath: string, name: string, changes: readonly string[] = [], salt = name): Promise<void> {
  return importBusybox(socketPath, name, { changes: [OURS, ...changes], salt, applets: APPLETS });
}

async function pull(socketPath: string, image: string, registry: LocalRegistry): Promise<void> {
  const colon = image.lastIndexOf(':');
  const query = new URLSearchParams({ fromImage: image.slice(0, colon), tag: image.slice(colon + 1) });
  const path = `/images/create?${query}`;
  await mustSend(socketPath, { method: 'POST', path, headers: registryAuth(registry) });
}

/** Pushes the versions to the registry. The newer ones are removed from the engine, so that a deploy pulls them. */
async function publish(socketPath: string, registry: LocalRegistry): Promise<void> {
  const repository = shopImage(registry);
  const versions = { [SHOP.now]: SERVES, [SHOP.next]: SERVES, [SHOP.bad]: FAILS };
  await Promise.all(
    Object.entries(versions).map(async ([tag, script]) => {
      const name = `${repository}:${tag}`;
      await make(socketPath, name, [command(script), HEALTH]);
      const path = `/images/${repository}/push?tag=${tag}`;
      await mustSend(socketPath, { method: 'POST', path, headers: registryAuth(registry) });
      if (tag !== SHOP.now) await mustCall(socketPath, 'DELETE', `/images/${name}`);
    }),
  );
}

async function start(socketPath: string, name: string, image: string, hostConfig: object): Promise<void> {
  const body = { Image: image, Labels: { [LABEL]: '1' }, HostConfig: hostConfig };
  const { Id } = JSON.parse(await mustCall(socketPath, 'POST', `/containers/create?name=${name}`, body)) as {
    Id: string;
  };
  await mustCall(socketPath, 'POST', `/containers/${Id}/start`);
}

/** Whether every host has a container `shop`, running or not. */
export async function hasSamples(hosts: readonly StoryHost[]): Promise<boolean> {
  const answers = await Promise.all(
    hosts.map(({ socketPath }) => callEngine(socketPath, 'GET', '/containers/shop/json')),
  );
  return answers.every(({ status }) => status === 200);
}

/** Removes everything with the playground's label: containers first, then images. */
export async function removeSamples(hosts: readonly StoryHost[]): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [LABEL] }));
  await Promise.all(
    hosts.map(async ({ socketPath }) => {
      const list = async (path: string) => JSON.parse(await mustCall(socketPath, 'GET', path)) as { Id: string }[];
      for (const { Id } of await list(`/containers/json?all=true&filters=${filters}`))
        await callEngine(socketPath, 'DELETE', `/containers/${Id}?force=true&v=true`);
      for (const { Id } of await list(`/images/json?filters=${filters}`))
        await callEngine(socketPath, 'DELETE', `/images/${Id}?force=true`);
    }),
  );
}
