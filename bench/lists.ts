import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mustCall } from '../playground/engine/api.ts';
import { ask } from './ask.ts';
import type { BenchEnvironment } from './environment.ts';
import { median, sideBySide } from './measure.ts';
import { OURS, type Running } from './process.ts';

const run = promisify(execFile);
const SIZES = [1, 100, 1000];
const ROUNDS = 15;
const AT_ONCE = 8;

interface List {
  readonly typed: string;
  readonly docker: readonly string[];
  readonly path: string;
  make(socket: string, index: number): Promise<unknown>;
}

const IMAGES: List = {
  typed: '/images',
  docker: ['images'],
  path: '/images/json',
  make: (socket, index) => mustCall(socket, 'POST', `/commit?container=base&repo=bench&tag=t${index}`, {}),
};

const CONTAINERS: List = {
  typed: '/ps -a',
  docker: ['ps', '-a'],
  path: '/containers/json?all=1',
  make: (socket, index) =>
    mustCall(socket, 'POST', `/containers/create?name=bench-${index}`, { Image: 'busybox:1.0', Cmd: ['true'] }),
};

/** The time from a slash command to its reply, compared with `docker` and with the API call that both make. */
export async function lists(bench: BenchEnvironment): Promise<void> {
  const socket = await bench.engine();
  await mustCall(socket, 'POST', '/containers/create?name=base', { Image: 'busybox:1.0', Cmd: ['true'] });
  const ours = await bench.start(OURS, await bench.config({ hosts: { local: { socket: socket } } }));
  await measure(bench, socket, ours, IMAGES);
  await measure(bench, socket, ours, CONTAINERS);
}

async function measure(bench: BenchEnvironment, socket: string, ours: Running, list: List): Promise<void> {
  const env = { PATH: process.env['PATH'], DOCKER_HOST: `unix://${socket}` };
  // The first image, and the container it is committed from, are there already.
  let made = 1;
  for (const size of SIZES) {
    while (made < size) {
      const next = Array.from({ length: Math.min(AT_ONCE, size - made) }, (_, index) => made + index);
      await Promise.all(next.map((index) => list.make(socket, index)));
      made += next.length;
    }
    const seen = await sideBySide(ROUNDS, {
      ours: () => ask(ours.slack, list.typed),
      cli: () => run('docker', list.docker, { env, maxBuffer: 50_000_000 }),
      raw: () => mustCall(socket, 'GET', list.path),
    });
    const row = { what: `${list.typed} to the reply, ${size}`, ours: median(seen.ours) };
    bench.row({ ...row, beside: `docker ${list.docker.join(' ')}`, theirs: median(seen.cli), asked: 1 });
    bench.row({ ...row, beside: `GET ${list.path}`, theirs: median(seen.raw) });
  }
}
