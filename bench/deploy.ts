import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRegistry } from '../playground/engine/registry.ts';
import { connectEngine } from '../src/docker/client/connect.ts';
import { planHost } from '../src/docker/rollout/plan.ts';
import { runHost } from '../src/docker/rollout/run.ts';
import type { HostVerdict } from '../src/docker/rollout/verdict.ts';
import type { RolloutConfig, Wanted } from '../src/docker/rollout/wanted.ts';
import { timeFromApproval } from './click.ts';
import type { BenchEnvironment } from './environment.ts';
import { median } from './measure.ts';
import { BUSY, docker, publish, type Shop, STABLE_MS, WITH_NODE } from './shop.ts';

/** Requests per second of the steady load. */
const PER_SECOND = 100;
const ROUNDS = 7;
const ROLLOUT: RolloutConfig = { strategy: 'auto', healthyWithin: 60_000, stableFor: STABLE_MS, drain: 5000, keep: 1 };

/**
 * Rollouts: downtime compared with doing it by hand, time from the approval compared with a script, and requests lost
 * under load.
 */
export async function deploy(bench: BenchEnvironment): Promise<void> {
  const socket = await bench.engine();
  const registry = await startRegistry();
  bench.onClose(() => registry.stop());
  const engine = connectEngine({ kind: 'unix', socketPath: socket });
  bench.onClose(() => engine.close());
  const shop = await publish(socket, engine, registry);
  await downtimeOfRollout(bench, shop);
  await timeFromApproval(bench, shop);
  await lossUnderLoad(bench, await publish(socket, engine, registry, BUSY));
}

/**
 * How long a published port does not answer during a stop-first rollout, compared with `docker stop` and `docker run`.
 */
async function downtimeOfRollout(bench: BenchEnvironment, shop: Shop): Promise<void> {
  const ports = { ours: 18_411, theirs: 18_412 };
  for (const name of ['ours', 'theirs'] as const)
    await docker(shop, ['run', '-d', '--name', name, '-p', `127.0.0.1:${ports[name]}:80`, `${shop.repository}:1`]);
  const down = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const image = `${shop.repository}:${1 + (round % 2)}`;
    const again = ['run', '-d', '--name', 'theirs', '-p', `127.0.0.1:${ports.theirs}:80`, image];
    down.ours.push(await downtime(ports.ours, () => rollOut(shop, 'ours', round)));
    down.theirs.push(
      await downtime(ports.theirs, async () => {
        await docker(shop, ['stop', 'theirs']);
        await docker(shop, ['rename', 'theirs', `theirs-${round}`]);
        await docker(shop, again);
      }),
    );
  }
  const beside = 'docker stop && docker run';
  bench.row({
    what: 'stop-first, nobody answers',
    ours: median(down.ours),
    beside,
    theirs: median(down.theirs),
    asked: 1,
  });
  await docker(shop, ['rm', '-f', 'ours', 'theirs']);
}

/** The longest time between two answers at a port while `change` runs, in milliseconds. */
async function downtime(port: number, change: () => Promise<unknown>): Promise<number> {
  await untilAnswered(port);
  let isOver = false;
  let longest = 0;
  let last = performance.now();
  const watch = (async () => {
    // Goes on until an answer after the change: the longest gap may be the last one.
    for (let isLast = false; !isLast; ) {
      const mayEnd = isOver;
      if (!(await answers(port))) continue;
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      isLast = mayEnd;
    }
  })();
  await change();
  isOver = true;
  await watch;
  return longest;
}

async function untilAnswered(port: number): Promise<void> {
  while (!(await answers(port))) await sleep(5);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request({ host: '127.0.0.1', port, agent: false, timeout: 300 }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode === 200));
      answer.once('error', () => resolve(false));
    });
    asking.once('timeout', () => asking.destroy());
    asking.once('error', () => setTimeout(() => resolve(false), 2));
    asking.end();
  });
}

/** Requests that are lost at a network alias under a steady load, during start-first rollouts. */
async function lossUnderLoad(bench: BenchEnvironment, shop: Shop): Promise<void> {
  await docker(shop, ['network', 'create', 'load']);
  const serve = [
    '--name',
    'web',
    '--network',
    'load',
    '--network-alias',
    'service',
    ...WITH_NODE,
    `${shop.repository}:1`,
  ];
  await docker(shop, ['run', '-d', ...serve]);
  await docker(shop, ['run', '-d', '--name', 'client', '--network', 'load', 'busybox:1.0', 'sleep', '3600']);
  const { stdout: pid } = await docker(shop, ['inspect', '-f', '{{.State.Pid}}', 'client']);
  const inside = [`--net=/proc/${pid.trim()}/ns/net`, process.execPath, 'bench/load.ts', 'service', `${PER_SECOND}`];
  const client = spawn('nsenter', inside, { stdio: ['ignore', 'pipe', 'inherit'] });
  bench.onClose(() => client.kill('SIGKILL'));
  await once(client.stdout, 'data');
  for (let round = 1; round <= ROUNDS; round += 1) await rollOut(shop, 'web', round);
  const said = once(client.stdout, 'data');
  client.kill('SIGTERM');
  const { asked, lost, slowest } = JSON.parse(`${(await said)[0]}`) as {
    asked: number;
    lost: Readonly<Record<string, number>>;
    slowest: number;
  };
  const all = Object.values(lost).reduce((sum, count) => sum + count, 0);
  const why = Object.entries(lost).map(([reason, count]) => `, ${count} ${reason}`);
  bench.fact(`start-first, lost of ${asked}${why.join('')}`, (100 * all) / asked, '%', 0.5);
  bench.fact('start-first, the slowest answer', slowest, 'ms');
}

let deployed = 0;

async function rollOut({ engine, repository, digests, auth }: Shop, name: string, round: number): Promise<HostVerdict> {
  const index = round % 2;
  const wanted: Wanted = {
    from: { kind: 'adopt', container: name },
    name,
    image: { repository, tag: `${1 + index}`, digest: digests[index] as string },
    overrides: {},
    rollout: ROLLOUT,
  };
  const plan = await planHost(engine, 'bench', wanted);
  const verdict = await runHost(engine, {
    deployId: `01JD${String(deployed++).padStart(10, '0')}`,
    by: 'U0DEV1',
    wanted,
    plan,
    auth,
    journal: async () => {},
    report() {},
    assertAllowed() {},
    signal: new AbortController().signal,
    redact: (text) => text,
  });
  if (verdict.verdict !== 'deployed') throw new Error(`${name}: ${verdict.why}`);
  return verdict;
}
