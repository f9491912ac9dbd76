import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mustCall } from '../playground/engine/api.ts';
import { ask } from './ask.ts';
import type { BenchEnvironment } from './environment.ts';
import { median, sideBySide } from './measure.ts';
import { OURS } from './process.ts';

const run = promisify(execFile);
const EACH = 25;
const ROUNDS = 7;
const AT_ONCE = 8;
/** What somebody who waits for an answer still takes for one. */
const MOST_MS = 3000;

/** The time from `/stats` over two hosts to its reply, compared with `docker stats --no-stream` on both at once. */
export async function stats(bench: BenchEnvironment): Promise<void> {
  const [one, two] = [await bench.engine(), await bench.engine()];
  for (const socket of [one, two])
    for (let made = 0; made < EACH; made += AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, EACH - made) }, (_, at) => start(socket, made + at)));
  const config = await bench.config({ hosts: { one: { socket: one }, two: { socket: two } } });
  const ours = await bench.start(OURS, config);
  const seen = await sideBySide(ROUNDS, {
    ours: () => ask(ours.slack, '/stats'),
    cli: () => Promise.all([one, two].map(docker)),
  });
  const what = `/stats to the reply, ${2 * EACH} on two hosts`;
  bench.row({
    what,
    ours: median(seen.ours),
    beside: 'docker stats --no-stream',
    theirs: median(seen.cli),
    asked: 1.2,
  });
  bench.fact(`${what}, slowest`, Math.max(...seen.ours), 'ms', MOST_MS);
}

async function start(socket: string, index: number): Promise<void> {
  const body = {
    Image: 'busybox:1.0',
    Cmd: ['sleep', '3600'],
    HostConfig: { NetworkMode: 'none', Memory: 32_000_000 },
  };
  const made = await mustCall(socket, 'POST', `/containers/create?name=bench-${index}`, body);
  const { Id } = JSON.parse(made) as { Id: string };
  await mustCall(socket, 'POST', `/containers/${Id}/start`);
}

const docker = (socket: string) =>
  run('docker', ['stats', '--no-stream'], {
    env: { PATH: process.env['PATH'], DOCKER_HOST: `unix://${socket}` },
    maxBuffer: 50_000_000,
  });
