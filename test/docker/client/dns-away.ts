import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EngineAddress } from '../../../src/docker/client/address.ts';
import { openHosts } from '../../../src/docker/limits/hosts.ts';
import { createLimits } from '../../../src/docker/limits/limits.ts';
import { startDns } from '../../paced/dns-server.ts';
import { VERSION } from '../fake-engine.ts';

/*
 * Run by `lookup.test.ts` in a network of its own, where the system's resolver asks the DNS server below: it is silent about
 * names of lost.test, and about all names while it is told to be. Prints what each host gave, as JSON.
 */

const dns = await startDns();

const engine = createServer((request, response) => {
  response.setHeader('connection', 'close');
  response.end(JSON.stringify(request.url?.endsWith('/version') ? VERSION : []));
});
await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
const { port } = engine.address() as AddressInfo;
const tcp = (host: string): EngineAddress => ({ kind: 'tcp', host, port, tls: undefined });
const addresses = new Map([
  ...[1, 2, 3, 4, 5].map((n) => [`lost-${n}`, tcp(`web-${n}.lost.test`)] as const),
  ['known', tcp('web.known.test')],
  ['in-file', tcp('web.file.test')],
  ['by-address', tcp('127.0.0.1')],
]);
const hosts = openHosts(addresses, createLimits({ perHost: 8, overall: 200, waiting: 50 }));

async function ask(names: readonly string[]) {
  const outcomes = await hosts.each(names, (one) => one.listContainers({}), { signal: AbortSignal.timeout(60_000) });
  return outcomes.map((one) => ({
    host: one.host,
    ms: one.ms,
    fault: one.ok ? undefined : one.error.fault,
    said: one.ok ? '' : one.error.engineSaid,
  }));
}

const first = await ask([...addresses.keys()]);
dns.isSilent = true;
const silent = await ask(['known', 'by-address', 'in-file']);
dns.isSilent = false;
dns.isGone = true;
const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
// The silent lookup ends first, and then some find that the name is gone.
let denied = await ask(['known']);
while (denied[0]?.fault === undefined && dns.denials < 6) {
  await pause();
  denied = await ask(['known']);
}
// The last addresses are forgotten after five minutes.
const now = performance.now.bind(performance);
performance.now = () => now() + 5 * 60_000;
const gone = await ask(['known']);
process.stdout.write(JSON.stringify({ first, silent, denied, gone }));
process.exit(0);
