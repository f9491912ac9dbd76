import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EngineAddress } from '../../../src/docker/client/address.ts';
import { openHosts } from '../../../src/docker/limits/hosts.ts';
import { createLimits } from '../../../src/docker/limits/limits.ts';
import { VERSION } from '../fake-engine.ts';

/*
 * Run by `lookup.test.ts` in a network of its own, where the system's resolver asks the DNS server below: it is silent about
 * names of lost.test, and about all names while `isSilent`. Prints what each host gave, as JSON.
 */

let isSilent = false;
let isGone = false;
let denials = 0;
const dns = createSocket('udp4');
dns.on('message', (question, { port, address }) => {
  const answer = answerTo(question);
  if (answer) dns.send(answer, port, address);
});
await new Promise<void>((resolve) => dns.bind(53, '127.0.0.1', resolve));

/** 127.0.0.1 for a question about A, nothing for others; undefined where it does not answer. */
function answerTo(question: Buffer): Buffer | undefined {
  if (isSilent || question.includes('\u0004lost')) return undefined;
  const end = question.indexOf(0, 12) + 5;
  if (isGone) denials += 1;
  const isAddress = question.readUInt16BE(end - 4) === 1 && !isGone;
  const head = Buffer.from(question.subarray(0, 12));
  // An answer, NXDOMAIN if the name is gone; one question, and as many answers as there are addresses.
  head.writeUInt16BE(isGone ? 0x8183 : 0x8180, 2);
  head.writeUInt16BE(isAddress ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const address = Buffer.from('c00c00010001000000000004' + '7f000001', 'hex');
  return Buffer.concat([head, question.subarray(12, end), ...(isAddress ? [address] : [])]);
}

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
isSilent = true;
const silent = await ask(['known', 'by-address', 'in-file']);
isSilent = false;
isGone = true;
const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
// The silent lookup ends first, and then some find that the name is gone.
let denied = await ask(['known']);
while (denied[0]?.fault === undefined && denials < 6) {
  await pause();
  denied = await ask(['known']);
}
// The last addresses are forgotten after five minutes.
const now = performance.now.bind(performance);
performance.now = () => now() + 5 * 60_000;
const gone = await ask(['known']);
process.stdout.write(JSON.stringify({ first, silent, denied, gone }));
process.exit(0);
