import { callEngine, mustCall } from './engine/api.ts';
import { makeImage } from './engine/images.ts';

const LABEL = 'fairlead.playground';
const SHOP =
  'i=0; while true; do i=$((i+1)); echo "GET /basket/$i 200 12ms"; [ $((i % 5)) = 0 ] && echo "payment timeout, retrying (order $i)" >&2; [ $((i % 11)) = 0 ] && echo "connecting to postgres://shop:tide-and-rope@db/shop"; sleep 1; done';
const WORKER = 'while true; do echo "queue is empty"; sleep 5; done';

/** Containers that log, and images nobody uses. Everything carries a label, and only that is ever removed. */
export async function makeSamples(socket: string): Promise<void> {
  await removeSamples(socket);
  const label = `LABEL ${LABEL}=1`;
  for (const tag of ['1.0.0', '1.1.0', '1.2.0']) await makeImage(socket, `sample/shop:${tag}`, [label, 'CMD ["sh"]']);
  await makeImage(socket, 'sample/worker:2.0', [label]);
  // The same tag again leaves the first image without a name: dangling.
  await makeImage(socket, 'sample/worker:2.0', [label], 'again');
  await startSample(socket, 'shop', 'sample/shop:1.1.0', SHOP);
  await startSample(socket, 'worker', 'sample/worker:2.0', WORKER);
  await startSample(socket, 'migrate-41', 'sample/shop:1.0.0', 'echo "41 migrations done"');
}

async function startSample(socket: string, name: string, image: string, script: string): Promise<void> {
  const body = {
    Image: image,
    Cmd: ['sh', '-c', script],
    Labels: { [LABEL]: '1' },
    HostConfig: { NetworkMode: 'none' },
  };
  const { Id } = JSON.parse(await mustCall(socket, 'POST', `/containers/create?name=${name}`, body)) as { Id: string };
  await mustCall(socket, 'POST', `/containers/${Id}/start`);
}

export async function removeSamples(socket: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [LABEL] }));
  const list = async (path: string) => JSON.parse(await mustCall(socket, 'GET', path)) as { Id: string }[];
  for (const { Id } of await list(`/containers/json?all=true&filters=${filters}`))
    await callEngine(socket, 'DELETE', `/containers/${Id}?force=true&v=true`);
  for (const { Id } of await list(`/images/json?filters=${filters}`))
    await callEngine(socket, 'DELETE', `/images/${Id}?force=true`);
}
