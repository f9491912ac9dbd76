import { Resolver } from 'node:dns/promises';
import { request } from 'node:http';

/**
 * A steady load, as a process of its own in a container's network: asks a service by name so many times a second, looks
 * the name up anew each time, and tries no second address. At SIGTERM it says what it lost.
 */
const [name = '', perSecond = '100'] = process.argv.slice(2);
const PATIENCE_MS = 2000;
/** The engine's own name server, where a container finds it. */
const resolver = new Resolver({ timeout: PATIENCE_MS, tries: 1 });
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
    const outgoing = request({ host, agent: false, signal: AbortSignal.timeout(PATIENCE_MS) }, (answer) => {
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
