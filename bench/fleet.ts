import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { ask } from './ask.ts';
import type { BenchEnvironment, Host } from './environment.ts';
import { median, sideBySide, timed } from './measure.ts';
import { OURS } from './process.ts';

const HOSTS = 50;
const ROUNDS = 15;
const SLOW_MS = 2000;

/**
 * `/ps` over fifty hosts on two real engines, two of the hosts in trouble: one accepts connections and never answers,
 * one answers everything two seconds late. Measures when the reply has the rows of the other hosts.
 */
export async function fleet(bench: BenchEnvironment): Promise<void> {
  const engines = [await bench.engine(), await bench.engine()];
  const good = Array.from({ length: HOSTS - 2 }, (_, index): [string, Host] => [
    `host-${index + 1}`,
    { socket: engines[index % 2] as string, labels: { state: 'good' } },
  ]);
  const dead = await listen(bench, 'dead', () => undefined);
  const missing = join(bench.folder, 'missing.sock');
  const slow = await listen(bench, 'slow', (socket) => {
    const engine = connect(engines[0] as string);
    socket.on('data', (bytes) => setTimeout(() => engine.write(bytes), SLOW_MS));
    engine.pipe(socket);
    for (const end of [socket, engine])
      end.on('error', () => {}).on('close', () => [socket, engine].map((one) => one.destroy()));
  });
  const labels = { dead: { state: 'dead' }, slow: { state: 'slow' } };
  const both = Object.fromEntries([
    ...good,
    ['dead', { socket: dead, labels: labels.dead }],
    ['slow', { socket: slow, labels: labels.slow }],
  ]);
  const gone = Object.fromEntries([...good, ['gone', { socket: missing, labels: labels.dead }]]);
  const hung = await bench.start(OURS, await bench.config({ hosts: both }));
  const missed = await bench.start(OURS, await bench.config({ hosts: gone }));

  const alone = '/ps --on state=good';
  await ask(hung.slack, alone);
  bench.fact('/ps --on all, 50 hosts, the first time', await timed(() => ask(hung.slack, '/ps --on all')), 'ms');
  const seen = await sideBySide(ROUNDS, {
    hung: () => ask(hung.slack, '/ps --on all'),
    alone: () => ask(hung.slack, alone),
  });
  const beside = 'the same without them';
  bench.row({
    what: '  with one that hangs and one that is slow',
    ours: median(seen.hung),
    beside,
    theirs: median(seen.alone),
    asked: 1.2,
  });
  const other = await sideBySide(ROUNDS, {
    missed: () => ask(missed.slack, '/ps --on all'),
    alone: () => ask(missed.slack, alone),
  });
  bench.row({
    what: '  with one that is not there',
    ours: median(other.missed),
    beside,
    theirs: median(other.alone),
    asked: 1.2,
  });
}

async function listen(
  bench: BenchEnvironment,
  name: string,
  take: Parameters<typeof createServer>[1] & object,
): Promise<string> {
  const path = join(bench.folder, `${name}.sock`);
  const server: Server = createServer(take);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  bench.onClose(() => server.close());
  return path;
}
