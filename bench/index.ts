import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mustCall } from '../playground/engine/api.ts';
import { makeImage } from '../playground/engine/images.ts';
import { startEngine } from '../playground/engine/private-engine.ts';
import { APP_TOKEN, BOT_TOKEN, type LocalSlack, startSlack } from '../playground/server/index.ts';
import { percentile, row, sideBySide, timed } from './measure.ts';

const run = promisify(execFile);
const AT_ONCE = 50;
const LOG_MB = Number(process.env['BENCH_LOG_MB'] ?? 200);
const SIZES = [1, 100, 1000];

interface Running {
  readonly slack: LocalSlack;
  readonly process: ChildProcess;
  readonly readyMs: number;
  residentMb(): number;
  peakMb(): number;
}

async function start(script: readonly string[], env: NodeJS.ProcessEnv): Promise<Running> {
  const slack = await startSlack({ rateLimits: false });
  const started = performance.now();
  const child = spawn(process.execPath, script, {
    env: {
      PATH: process.env['PATH'],
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_APP_TOKEN: APP_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await slack.connected();
  const status = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`, 'u').exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) /
    1024;
  return {
    slack,
    process: child,
    readyMs: performance.now() - started,
    residentMb: () => status('VmRSS'),
    peakMb: () => status('VmHWM'),
  };
}

async function stop({ slack, process: child }: Running): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
  await slack.stop();
}

/** From the slash command to the reply that answers it. */
async function ask(slack: LocalSlack, line: string): Promise<void> {
  const seen = slack.messages({ channel: 'C0STAGING', as: 'U0DEV1' }).length;
  await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: line });
  const answered = () => {
    const now = slack.messages({ channel: 'C0STAGING', as: 'U0DEV1' });
    return now.length > seen && !now.at(-1)?.text.startsWith('Working');
  };
  if (answered()) return;
  await new Promise<void>((resolve) => {
    const off = slack.on('change', () => {
      if (!answered()) return;
      off();
      resolve();
    });
  });
}

async function acknowledgements(ours: Running, bare: Running): Promise<void> {
  const all = { ours: [] as number[], bare: [] as number[], oursWall: [] as number[], bareWall: [] as number[] };
  for (let round = 0; round < 25; round += 1) {
    for (const [name, { slack }] of [
      ['ours', ours],
      ['bare', bare],
    ] as const) {
      const wall = await timed(async () => {
        const acks = await Promise.all(
          Array.from({ length: AT_ONCE }, () =>
            slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/dock whoami' }),
          ),
        );
        if (round >= 5) all[name].push(...acks.map((ack) => ack.ackMs));
      });
      if (round >= 5) all[`${name}Wall`].push(wall);
    }
  }
  row(
    `acknowledgement p50, ${AT_ONCE} at once (beside bare Bolt)`,
    percentile(all.ours, 0.5),
    percentile(all.bare, 0.5),
  );
  row(
    `acknowledgement p99, ${AT_ONCE} at once (beside bare Bolt)`,
    percentile(all.ours, 0.99),
    percentile(all.bare, 0.99),
  );
  const rate = (walls: readonly number[]) => AT_ONCE / (percentile(walls, 0.5) / 1000);
  row('throughput (beside bare Bolt; more is better)', rate(all.oursWall), rate(all.bareWall), '/s');
}

async function lists(ours: Running, socket: string): Promise<void> {
  const env = { PATH: process.env['PATH'], DOCKER_HOST: `unix://${socket}` };
  let made = 1;
  for (const size of SIZES) {
    for (; made < size; made += 1) await mustCall(socket, 'POST', `/commit?container=base&repo=bench&tag=t${made}`, {});
    const images = await sideBySide(15, {
      ours: () => ask(ours.slack, '/images'),
      cli: () => run('docker', ['images'], { env, maxBuffer: 50_000_000 }),
      raw: () => mustCall(socket, 'GET', '/images/json'),
    });
    row(
      `/images to the reply, ${size} images (beside docker images)`,
      percentile(images['ours'] ?? [], 0.5),
      percentile(images['cli'] ?? [], 0.5),
    );
    row(
      `/images to the reply, ${size} images (beside the raw call)`,
      percentile(images['ours'] ?? [], 0.5),
      percentile(images['raw'] ?? [], 0.5),
    );
  }
  const ps = await sideBySide(15, {
    ours: () => ask(ours.slack, '/ps -a'),
    cli: () => run('docker', ['ps', '-a'], { env }),
  });
  row('/ps -a to the reply (beside docker ps -a)', percentile(ps['ours'] ?? [], 0.5), percentile(ps['cli'] ?? [], 0.5));
}

async function search(ours: Running, socket: string): Promise<void> {
  const script = `yes "2026-03-01T04:00:00Z INFO request handled path=/basket status=200 took=12ms and some more words" | head -c ${LOG_MB}000000; echo "needle in the hay"`;
  const { Id } = JSON.parse(
    await mustCall(socket, 'POST', '/containers/create?name=talker', {
      Image: 'busybox:1.0',
      Cmd: ['sh', '-c', script],
      HostConfig: { NetworkMode: 'none' },
    }),
  ) as { Id: string };
  await mustCall(socket, 'POST', `/containers/${Id}/start`);
  await mustCall(socket, 'POST', `/containers/${Id}/wait`);
  const env = { PATH: process.env['PATH'], DOCKER_HOST: `unix://${socket}` };
  const before = ours.peakMb();
  const grep = await sideBySide(3, {
    ours: () => ask(ours.slack, '/logs talker --grep "needle|haystack"'),
    cli: () => run('sh', ['-c', 'docker logs talker 2>&1 | grep -E "needle|haystack"'], { env }),
  });
  row(
    `/logs --grep over ${LOG_MB} MB (beside docker logs | grep)`,
    percentile(grep['ours'] ?? [], 0.5),
    percentile(grep['cli'] ?? [], 0.5),
  );
  row('  peak memory after it (beside before)', ours.peakMb(), before, 'MB');
}

async function deadHost(ours: Running): Promise<void> {
  const walls = await sideBySide(15, {
    withDead: () => ask(ours.slack, '/ps --on all'),
    alone: () => ask(ours.slack, '/ps @local'),
  });
  row(
    '/ps with a dead host (beside without)',
    percentile(walls['withDead'] ?? [], 0.5),
    percentile(walls['alone'] ?? [], 0.5),
  );
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const engine = await startEngine();
  await makeImage(engine.socketPath, 'busybox:1.0');
  await mustCall(engine.socketPath, 'POST', '/containers/create?name=base', { Image: 'busybox:1.0', Cmd: ['true'] });
  writeFileSync(
    join(folder, 'fairlead.yml'),
    `slack: { team: T0FAIRLEAD }
hosts: { local: { url: "unix://${engine.socketPath}" }, dead: { url: "unix:///nowhere/engine.sock" } }
roles: { viewer: { commands: [images, ps, logs] } }
channels: { C0STAGING: { grants: [ { role: viewer, hosts: all } ] } }
budget: { commands: 10000, per: 1s }
`,
  );
  const onlyLocal = readFileSync(join(folder, 'fairlead.yml'), 'utf8').replace(
    ', dead: { url: "unix:///nowhere/engine.sock" }',
    '',
  );
  writeFileSync(join(folder, 'one.yml'), onlyLocal);
  const bare = await start(['bench/bare-bolt.ts'], {});
  const env = (config: string) => ({
    FAIRLEAD_CONFIG: join(folder, config),
    DATABASE_URL: `file:${join(folder, `${config}.db`)}`,
  });
  const ours = await start(['dist/cli.js', 'start'], env('one.yml'));
  process.stdout.write(`${''.padEnd(58)} ${'ours'.padStart(9)} ${'theirs'.padStart(9)}       ratio\n`);
  try {
    row('start to ready (beside bare Bolt)', ours.readyMs, bare.readyMs);
    row('resident memory when ready (beside bare Bolt)', ours.residentMb(), bare.residentMb(), 'MB');
    await acknowledgements(ours, bare);
    await lists(ours, engine.socketPath);
    await search(ours, engine.socketPath);
    const two = await start(['dist/cli.js', 'start'], env('fairlead.yml'));
    await deadHost(two);
    await stop(two);
  } finally {
    await stop(ours);
    bare.process.kill('SIGKILL');
    await bare.slack.stop();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
