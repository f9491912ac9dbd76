import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { ask } from './ask.ts';
import { median, sideBySide, timed } from './measure.ts';
import { OURS } from './process.ts';
import type { Host, Stage } from './stage.ts';

const HOSTS = 50;
const ROUNDS = 15;
const SLOW_MS = 2000;

/**
 * Fifty hosts on two real engines, two of them in trouble: one takes connections and never says a word, one answers
 * everything two seconds late. What is measured is when the person has the rows of the others.
 */
export async function fleet(stage: Stage): Promise<void> {
  const engines = [await stage.engine(), await stage.engine()];
  const good = Array.from({ length: HOSTS - 2 }, (_, index): [string, Host] => [
    `host-${index + 1}`,
    { at: engines[index % 2] as string, labels: { state: 'good' } },
  ]);
  const dead = await listen(stage, 'dead', () => undefined);
  const missing = join(stage.folder, 'missing.sock');
  const slow = await listen(stage, 'slow', (socket) => {
    const engine = connect(engines[0] as string);
    socket.on('data', (bytes) => setTimeout(() => engine.write(bytes), SLOW_MS));
    engine.pipe(socket);
    for (const end of [socket, engine])
      end.on('error', () => {}).on('close', () => [socket, engine].map((one) => one.destroy()));
  });
  const labels = { dead: { state: 'dead' }, slow: { state: 'slow' } };
  const both = Object.fromEntries([
    ...good,
    ['dead', { at: dead, labels: labels.dead }],
    ['slow', { at: slow, labels: labels.slow }],
  ]);
  const gone = Object.fromEntries([...good, ['gone', { at: missing, labels: labels.dead }]]);
  const hung = await stage.start(OURS, await stage.config({ hosts: both }));
  const missed = await stage.start(OURS, await stage.config({ hosts: gone }));

  const alone = '/ps --on state=good';
  await ask(hung.slack, alone);
  stage.fact('/ps --on all, 50 hosts, the first time', await timed(() => ask(hung.slack, '/ps --on all')), 'ms');
  const seen = await sideBySide(ROUNDS, {
    hung: () => ask(hung.slack, '/ps --on all'),
    alone: () => ask(hung.slack, alone),
  });
  const beside = 'the same without them';
  stage.row({
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
  stage.row({
    what: '  with one that is not there',
    ours: median(other.missed),
    beside,
    theirs: median(other.alone),
    asked: 1.2,
  });
}

async function listen(stage: Stage, name: string, take: Parameters<typeof createServer>[1] & object): Promise<string> {
  const path = join(stage.folder, `${name}.sock`);
  const server: Server = createServer(take);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  stage.closing(() => server.close());
  return path;
}
