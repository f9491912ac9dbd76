import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { sayMemory } from '../../src/domain/size.ts';
import type { StatsResult } from '../../src/handlers/containers/stats/results.ts';
import { statsCharts } from '../../src/slack/views/containers/stats-charts.ts';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { engineProxy } from '../bed/proxy.ts';
import { fakeEngine, ID, json, text, VERSION } from '../docker/fake-engine.ts';
import { openDesk, resultOf } from './desk.ts';

const run = promisify(execFile);
const MIB = 1024 ** 2;
const hosts = () => ({ one: bed().sockets[0] as string, two: bed().sockets[1] as string });

/** Holds so many MiB in its shell, and uses a CPU where it may. */
const holds = (mib: number) => [
  'sh',
  '-c',
  `x=$(head -c ${mib * MIB} /dev/zero | tr '\\0' x); while :; do sleep 600; done`,
];
const BUSY = ['sh', '-c', 'while :; do :; done'];

/** What docker itself says of one container, in the same moment. */
async function docker(socket: string, name: string) {
  const env = { PATH: process.env['PATH'], DOCKER_HOST: `unix://${socket}` };
  const { stdout } = await run('docker', ['stats', '--no-stream', '--format', '{{json .}}', name], { env });
  return JSON.parse(stdout) as Readonly<Record<string, string>>;
}

/** A figure as docker prints it, in its own unit. */
const figure = (text: string | undefined) => Number.parseFloat(text ?? '');

describeWithEngine('stats', () => {
  it('are those that docker stats prints side by side, on every host', async () => {
    await using desk = await openDesk(hosts(), ['stats']);
    const limited = { NetworkMode: 'none', Memory: 64 * MIB, NanoCpus: 0.3e9, PidsLimit: 40 };
    await using held = await container(hosts().one, { cmd: holds(20), hostConfig: limited });
    await using busy = await container(hosts().two, {
      cmd: BUSY,
      hostConfig: { NetworkMode: 'none', NanoCpus: 0.3e9 },
    });
    const line = `/stats ${held.name} ${busy.name}`;
    const read = async () => resultOf<StatsResult>(await desk.say(line));
    // Until the memory is held.
    await expect
      .poll(async () => (await read()).rows.find(({ name }) => name === held.name)?.memoryBytes, { timeout: 20_000 })
      .toBeGreaterThan(20 * MIB);

    const [ours, one, two] = await Promise.all([
      read(),
      docker(hosts().one, held.name),
      docker(hosts().two, busy.name),
    ]);

    const [first, second] = ours.rows;
    const rows = { [first?.name ?? '']: first, [second?.name ?? '']: second };
    const [mine, its] = [rows[held.name], rows[busy.name]];
    expect(ours.failures).toEqual([]);
    expect(`${sayMemory(mine?.memoryBytes ?? 0)} / ${sayMemory(mine?.memoryLimit ?? 0)}`).toBe(one['MemUsage']);
    expect(mine?.memoryPercent.toFixed(2)).toBe(figure(one['MemPerc']).toFixed(2));
    expect(mine).toMatchObject({ host: 'one', pids: Number(one['PIDs']), pidsLimit: 40 });
    expect(its).toMatchObject({ host: 'two', pids: Number(two['PIDs']), memoryLimit: undefined });
    // Both are held to 0.3 CPUs; docker and we look at two different seconds.
    expect(Math.abs((its?.cpuPercent ?? 0) - figure(two['CPUPerc']))).toBeLessThan(6);
    expect(its?.cpuPercent).toBeGreaterThan(20);
    // Of its limits it is nearest to that of CPU: how near, the machine's other work decides.
    expect(its?.pressure).toMatchObject({ of: 'cpu' });
    expect(first?.pressure.share).toBeGreaterThanOrEqual(second?.pressure.share ?? 1);
  });

  it('name what has none: stopped containers, the network of the host', async () => {
    await using desk = await openDesk({ ...hosts(), dead: '/nowhere/engine.sock' }, ['stats']);
    await using ended = await container(hosts().one, { cmd: ['true'], wait: true });
    await using paused = await container(hosts().one, { cmd: ['sleep', '600'], hostConfig: { NetworkMode: 'host' } });
    await callEngine(hosts().one, 'POST', `/containers/${paused.id}/pause`);

    const named = resultOf<StatsResult>(await desk.say(`/stats ${ended.name} ${paused.id.slice(0, 12)}`));
    const all = resultOf<StatsResult>(await desk.say('/stats -a'));
    const running = resultOf<StatsResult>(await desk.say('/stats'));

    expect(named).toMatchObject({
      stopped: [{ host: 'one', name: ended.name }],
      rows: [{ name: paused.name, network: undefined }],
      failures: [{ host: 'dead' }],
    });
    expect(all.stopped).toContainEqual(expect.objectContaining({ name: ended.name }));
    expect(running.stopped.map(({ name }) => name)).not.toContain(ended.name);
    expect(running.rows.length + running.silent.length).toBeGreaterThan(0);
  });

  it('are followed until their person stops them', async () => {
    await using desk = await openDesk(hosts(), ['stats']);
    await using ran = await container(hosts().one, { cmd: BUSY, hostConfig: { NetworkMode: 'none', NanoCpus: 0.2e9 } });
    const reports: StatsResult[] = [];
    const second = Promise.withResolvers<StatsResult>();

    const ended = desk.watch(`/stats ${ran.name} -f for 5m`, (report) => {
      reports.push(report as StatsResult);
      if (reports.length === 2) second.resolve(report as StatsResult);
    });
    const { follow, rows } = await second.promise;
    await desk.say(`/dock unfollow ${follow?.id}`);

    expect(rows).toMatchObject([{ name: ran.name }]);
    expect(follow?.history).toHaveLength(2);
    expect(resultOf<StatsResult>(await ended)).toMatchObject({
      follow: { ended: 'stopped' },
      rows: [{ name: ran.name }],
    });
  });

  it('follow a name to its container once the engine is back, and to the one that takes its place', async () => {
    await using proxy = await engineProxy(hosts().one);
    await using desk = await openDesk({ one: proxy.socketPath }, ['stats']);
    await using ran = await container(hosts().one, { cmd: BUSY, hostConfig: { NetworkMode: 'none', NanoCpus: 0.2e9 } });
    const reports: StatsResult[] = [];
    proxy.refuse = true;
    const ended = desk.watch(`/stats ${ran.name} -f for 5m`, (report) => void reports.push(report as StatsResult));
    await expect.poll(() => reports.at(-1), { timeout: 20_000 }).toMatchObject({ failures: [{ host: 'one' }] });

    proxy.refuse = false;
    const first = { rows: [{ name: ran.name, id: ran.id.slice(0, 12) }], failures: [] };
    await expect.poll(() => reports.at(-1), { timeout: 20_000 }).toMatchObject(first);
    await callEngine(hosts().one, 'POST', `/containers/${ran.id}/rename?name=${ran.name}-before`);
    await using next = await container(hosts().one, { name: ran.name, cmd: ['sleep', '600'] });
    await callEngine(hosts().one, 'POST', `/containers/${ran.id}/kill`);
    const second = { rows: [{ name: ran.name, id: next.id.slice(0, 12) }], stopped: [] };
    await expect.poll(() => reports.at(-1), { timeout: 20_000 }).toMatchObject(second);

    await desk.say(`/dock unfollow ${reports[0]?.follow?.id}`);
    await ended;
  }, 90_000);
});

it('of the others are there when a container is removed while it is sampled', async () => {
  const gone = 'dead'.repeat(16);
  const running = (id: string, name: string) => ({ Id: id, Names: [name], Created: 0, State: 'running' });
  await using engine = await fakeEngine({
    'GET /version': json(VERSION),
    'GET /info': json({ MemTotal: 1000 }),
    'GET /containers/json': json([running(ID, '/shop'), running(gone, '/gone')]),
    [`GET /containers/${ID}/stats`]: json({ read: '2026-11-28T14:22:16Z', cpu_stats: {}, memory_stats: {} }),
    // As 20.10 does.
    [`GET /containers/${gone}/stats`]: text(''),
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['stats']);

  expect(resultOf<StatsResult>(await desk.say('/stats'))).toMatchObject({
    failures: [],
    rows: [{ name: 'shop' }],
    silent: [{ name: 'gone' }],
  });
});

it('figures of Windows containers are not counted as those of Linux', async () => {
  await using engine = await fakeEngine({
    'GET /version': json(VERSION),
    'GET /info': json({ MemTotal: 1000 }),
    'GET /containers/json': json([{ Id: ID, Names: ['/iis'], Created: 0, State: 'running' }]),
    [`GET /containers/${ID}/stats`]: json({
      read: '2026-11-28T14:22:16Z',
      num_procs: 8,
      cpu_stats: {},
      memory_stats: {},
    }),
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['stats']);

  expect(resultOf<StatsResult>(await desk.say('/stats'))).toMatchObject({ rows: [], silent: [], windows: ['one'] });
});

it('of nothing while a host is away are followed without a chart, which Slack would refuse', () => {
  const look = { at: 1, cpu: {} };
  const follow = { id: 'R1', until: 9, ended: undefined, history: [look, look] };
  const nothing = { rows: [], page: 1, asked: 1, pages: 1, total: 0, hosts: [], worst: [], stopped: [], silent: [] };
  const result = { ...nothing, unnamed: 0, windows: [], at: 1, ms: 1, failures: [], follow };
  expect(statsCharts(result, false)).toEqual([]);
});
