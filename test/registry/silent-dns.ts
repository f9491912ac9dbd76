import { lookup } from 'node:dns/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCall } from '../../src/changes/call.ts';
import { createConnections } from '../../src/registry/connections.ts';
import { startDns } from '../paced/dns-server.ts';

/*
 * Run by `silent-dns.test.ts` in a network of its own: registries and a receiver about whose names DNS is silent are asked, and
 * then the system's resolver about another name, as Slack's client does. Prints what each gave, as JSON.
 */

await startDns();
const server = createServer((_, response) => response.end('{}'));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const named = ['web.known.test', 'one.lost.test', 'two.lost.test'].map((name) => `${name}:${port}`);
const registries = new Map(named.map((name) => [name, { insecure: true }]));
const { send } = createConnections({ registries, folder: '/' } as unknown as Parameters<typeof createConnections>[0]);
const call = createCall();

async function timed(work: Promise<unknown>) {
  const begun = performance.now();
  const failed = await work.then(
    () => undefined,
    (error: { readonly message: string }) => error.message,
  );
  return { ms: performance.now() - begun, failed };
}
const ask = (registry: string) =>
  timed(
    send(registry, {
      method: 'GET',
      url: new URL(`http://${registry}/v2/`),
      headers: {},
      signal: AbortSignal.timeout(40_000),
    }),
  );

const silent = [...named.slice(1), 'three.lost.test', 'four.lost.test'].map(ask);
const receiver = timed(
  call({ method: 'GET', url: new URL(`http://five.lost.test:${port}/`), signal: AbortSignal.timeout(40_000) }),
);
const known = ask(named[0] ?? '');
// After the others have begun to be looked up.
await new Promise((resolve) => setTimeout(resolve, 200));
const slack = timed(lookup('slack.known.test'));
const found = { slack: await slack, known: await known, silent: await Promise.all(silent), receiver: await receiver };
process.stdout.write(JSON.stringify(found));
process.exit(0);
