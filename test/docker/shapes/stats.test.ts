import { expect, it } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { figuresOf, pressureOf } from '../../../src/handlers/containers/stats/figures.ts';
import { type Answer, fakeEngine, ID, json, silence } from '../fake-engine.ts';

const MIB = 1024 ** 2;
const HOST_MEMORY = 8 * 1024 * MIB;

const sample = (more: object = {}) => ({
  read: '2026-11-28T14:22:16.357984438Z',
  num_procs: 0,
  pids_stats: { current: 3, limit: 2 ** 64 },
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 8, op: 'Read', value: 1000 },
      { major: 9, op: 'read', value: 500 },
      { major: 8, op: 'Write', value: 70 },
      { major: 8, op: 'Sync', value: 1570 },
    ],
  },
  cpu_stats: {
    cpu_usage: { total_usage: 100e6 },
    system_cpu_usage: 1000e6,
    online_cpus: 4,
    throttling_data: { periods: 10, throttled_periods: 2 },
  },
  memory_stats: { usage: 100 * MIB, limit: 200 * MIB, stats: {} },
  networks: { eth0: { rx_bytes: 10, tx_bytes: 20 }, eth1: { rx_bytes: 1, tx_bytes: 2 } },
  ...more,
});
const later = { cpu_usage: { total_usage: 150e6 }, system_cpu_usage: 1100e6, online_cpus: 4 };

async function read(answer: Answer) {
  await using fake = await fakeEngine({ [`GET /containers/${ID}/stats`]: answer });
  const engine = connectEngine({ kind: 'unix', socketPath: fake.socketPath });
  return { samples: await engine.sampleStats([ID]), asked: fake.asked };
}
async function parsed(more: object = {}) {
  const found = (await read(json(sample(more)))).samples.get(ID);
  if (!found) throw new Error('no sample');
  return found;
}
const figures = async (before: object, after: object) =>
  figuresOf(await parsed(before), await parsed(after), HOST_MEMORY);

it('one sample is asked for, and not the second that an engine would wait for', async () => {
  const { asked } = await read(json(sample()));

  expect(asked.at(-1)?.line).toMatch(/\/stats\?(?=.*stream=false)(?=.*one-shot=true)/u);
});

it('CPU is the share of the host between two samples, of all CPUs together', async () => {
  expect(await figures({}, { cpu_stats: later })).toMatchObject({ cpuPercent: 200 });
  // An engine of cgroup v1 may name each CPU instead.
  const perCpu = { ...later, online_cpus: undefined, cpu_usage: { total_usage: 150e6, percpu_usage: [1, 2] } };
  expect(await figures({}, { cpu_stats: perCpu })).toMatchObject({ cpuPercent: 100 });
  expect(await figures({ cpu_stats: later }, {})).toMatchObject({ cpuPercent: 0 });
  expect(await figures({}, { cpu_stats: { ...later, system_cpu_usage: null } })).toMatchObject({ cpuPercent: 0 });
});

it.each([
  ['cgroup v1', { total_inactive_file: 30 * MIB, inactive_file: 1 }, 70 * MIB],
  ['cgroup v2', { inactive_file: 20 * MIB }, 80 * MIB],
  ['more cache than is used', { inactive_file: 900 * MIB }, 100 * MIB],
  ['neither', null, 100 * MIB],
])('memory is without the cache that can be taken back: %s', async (_, stats, used) => {
  const memory_stats = { usage: 100 * MIB, limit: 200 * MIB, stats };

  expect(await figures({}, { memory_stats })).toMatchObject({
    memoryBytes: used,
    memoryPercent: (used / MIB / 200) * 100,
  });
});

it('the memory of the host is no limit', async () => {
  const unlimited = await figures({}, { memory_stats: { usage: 100 * MIB, limit: HOST_MEMORY } });

  expect(unlimited.memoryLimit).toBeUndefined();
  expect(pressureOf(unlimited)).toEqual({ share: 0, of: 'none' });
});

it('networks and block devices are summed, and the network of the host has no figures', async () => {
  expect(await figures({}, {})).toMatchObject({
    network: { received: 11, sent: 22 },
    block: { read: 1500, written: 70 },
    pids: 3,
    pidsLimit: undefined,
  });
  expect(
    (await figures({}, { networks: undefined, blkio_stats: { io_service_bytes_recursive: null } })).network,
  ).toBeUndefined();
});

it('the limit that a container is nearest to counts: memory, processes, or a CPU limit it is held back by', async () => {
  expect(pressureOf(await figures({}, {}))).toEqual({ share: 0.5, of: 'memory' });
  expect(pressureOf(await figures({}, { pids_stats: { current: 9, limit: 10 } }))).toEqual({ share: 0.9, of: 'pids' });
  const throttling_data = { periods: 20, throttled_periods: 12 };
  expect(pressureOf(await figures({}, { cpu_stats: { ...later, throttling_data } }))).toEqual({ share: 1, of: 'cpu' });
});

it('a container that has stopped or gone has no sample, and one of Windows says that it is one', async () => {
  expect((await read(json(sample({ read: '0001-01-01T00:00:00Z' })))).samples.size).toBe(0);
  expect((await read(json({ message: 'No such container' }, 404))).samples.size).toBe(0);
  expect(await parsed({ num_procs: 8 })).toMatchObject({ isWindows: true });
});

it.each([
  ['no sample', json(['x']), 'protocol'],
  ['an error', json({ message: 'cgroup is gone' }, 500), 'refused'],
  ['more than a sample', json(sample({ more: 'x'.repeat(300_000) })), 'too_large'],
])('%s is the failure of its host', async (_, answer, fault) => {
  await expect(read(answer)).rejects.toMatchObject({ fault });
});

it('what one container cannot give costs nothing of the others', async () => {
  const other = 'f'.repeat(64);
  await using fake = await fakeEngine({
    [`GET /containers/${ID}/stats`]: json(sample()),
    [`GET /containers/${other}/stats`]: json({ message: 'exited' }, 500),
  });

  const samples = await connectEngine({ kind: 'unix', socketPath: fake.socketPath }).sampleStats([other, ID]);

  expect([...samples.keys()]).toEqual([ID]);
});

it('an engine that never answers is let go of when its caller gives up', async () => {
  await using fake = await fakeEngine({ [`GET /containers/${ID}/stats`]: silence });
  const engine = connectEngine({ kind: 'unix', socketPath: fake.socketPath });
  const caller = new AbortController();
  const sampling = engine.sampleStats([ID], { signal: caller.signal });
  caller.abort();

  await expect(sampling).rejects.toMatchObject({ fault: 'aborted' });
});
