import { Resolver } from 'node:dns/promises';
import { request } from 'node:http';

/**
 * A steady load, run as a process in a container's network namespace: requests a service by name at a fixed rate,
 * resolves the name for each request, and tries only one address. At SIGTERM it prints how many requests were lost and
 * why, as JSON.
 */
const [name = '', perSecond = '100'] = process.argv.slice(2);
const TIMEOUT_MS = 2000;
/** The engine's DNS server, at its address inside a container. */
const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
resolver.setServers(['127.0.0.11']);

const asking = new Set<Promise<void>>();
const lost: Record<string, number> = {};
let asked = 0;
let slowest = 0;

async function ask(): Promise<void> {
  const started = performance.now();
  asked += 1;
  try {
    const [host = ''] = await resolver.resolve4(name);
    await get(host);
    slowest = Math.max(slowest, performance.now() - started);
  } catch (error) {
    const why = (error as { code?: string }).code ?? String(error);
    lost[why] = (lost[why] ?? 0) + 1;
  }
}

function get(host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) }, (answer) => {
      answer.resume();
      answer.once('error', reject);
      answer.once('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${answer.statusCode}`))));
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}

const timer = setInterval(() => {
  const one = ask().finally(() => asking.delete(one));
  asking.add(one);
}, 1000 / Number(perSecond));
process.once('SIGTERM', async () => {
  clearInterval(timer);
  await Promise.all(asking);
  process.stdout.write(JSON.stringify({ asked, lost, slowest }));
});
process.stdout.write('\n');
