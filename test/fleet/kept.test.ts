import { expect, it, onTestFinished } from 'vitest';
import { StatsArgs } from '../../src/commands/containers/stats.ts';
import { EventsArgs } from '../../src/commands/hosts/events.ts';
import { ImagesArgs } from '../../src/commands/images/images.ts';
import { type Hosts, openHosts } from '../../src/docker/limits/hosts.ts';
import { createLimits } from '../../src/docker/limits/limits.ts';
import type { StatsResult } from '../../src/handlers/containers/stats/results.ts';
import { stats } from '../../src/handlers/containers/stats.ts';
import type { Deps } from '../../src/handlers/deps.ts';
import { type EventsResult, events } from '../../src/handlers/hosts/events.ts';
import { type ImagesResult, images } from '../../src/handlers/images/images.ts';
import type { Page } from '../../src/handlers/paged.ts';
import type { Request, Run } from '../../src/handlers/request.ts';
import { statsView } from '../../src/slack/views/containers/stats.ts';
import { type Answer, type FakeEngine, fakeEngine, json, text } from '../docker/fake-engine.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';

const idOf = (index: number) => index.toString(16).padStart(64, 'a');

/** An engine with so many images, events and running containers, and so many stopped ones; `at` shifts its figures. */
async function engineWith(many: number, { at = 0, stopped = 0 } = {}): Promise<FakeEngine> {
  const indexes = Array.from({ length: many }, (_, index) => index);
  const container = (index: number, more: object) => ({
    Id: idOf(index),
    Names: [`/c-${index}`],
    Created: index,
    ...more,
  });
  const sample = (index: number): Answer =>
    json({
      read: new Date().toISOString(),
      num_procs: 0,
      cpu_stats: {},
      memory_stats: { usage: 3 * index + at, limit: 10_000_000 },
    });
  const now = Math.floor(Date.now() / 1000);
  const event = (index: number) => ({
    Type: 'container',
    Action: index % 10 === 9 ? 'exec_start: sh' : 'start',
    timeNano: (now - 10 * index - at - 1) * 1e9,
    Actor: { ID: idOf(index), Attributes: { name: `c-${index}`, image: 'shop:1' } },
  });
  const engine = await fakeEngine({
    'GET /info': json({ MemTotal: 10_000_000 }),
    'GET /images/json': json(
      indexes.map((index) => ({
        Id: `sha256:${idOf(index)}`,
        RepoTags: [`shop-${String(index).padStart(4, '0')}:1`],
        Created: index,
        Size: 10,
      })),
    ),
    'GET /events': text(
      indexes
        .toReversed()
        .map((index) => JSON.stringify(event(index)))
        .join('\n'),
    ),
    'GET /containers/json': json([
      ...indexes.map((index) => container(index, { State: 'running', Status: 'Up' })),
      ...Array.from({ length: stopped }, (_, index) =>
        container(many + index, { State: 'exited', Status: 'Exited (0) 2 hours ago' }),
      ),
    ]),
    ...Object.fromEntries(indexes.map((index) => [`GET /containers/${idOf(index)}/stats`, sample(index)])),
  });
  onTestFinished(() => engine[Symbol.asyncDispose]());
  return engine;
}

async function deskOf(engines: Readonly<Record<string, FakeEngine>>) {
  const sockets = Object.entries(engines).map(([name, { socketPath }]) => [name, socketPath]);
  const desk = await openDesk(Object.fromEntries(sockets), ['images', 'stats', 'events']);
  onTestFinished(() => desk[Symbol.asyncDispose]());
  return desk;
}

it('pages of images and events over hosts are those of one list, though of each host only its first are kept', async () => {
  const engines = {
    one: await engineWith(50),
    two: await engineWith(7, { at: 3 }),
    three: await engineWith(50, { at: 6 }),
  };
  const desk = await deskOf(engines);
  const walk = async <T>(line: string): Promise<Page<T>[]> => {
    const first = resultOf<Page<T>>(await desk.say(line));
    const pages = [first];
    for (let page = 2; page <= first.pages; page += 1)
      pages.push(resultOf<Page<T>>(await desk.say(`${line} --page ${page}`)));
    return pages;
  };

  const seen = await walk<ImagesResult['rows'][0]>('/images --sort name');
  const named = seen.flatMap(({ rows }) => rows.map(({ host, repository }) => `${host}/${repository}`));
  expect(seen.map(({ rows, total, pages }) => [rows.length, total, pages])).toEqual(
    [20, 20, 20, 20, 20, 7].map((rows) => [rows, 107, 6]),
  );
  const ordered = (host: string, many: number) =>
    Array.from({ length: many }, (_, index) => `${host}/shop-${String(index).padStart(4, '0')}`);
  expect(named).toEqual([...ordered('one', 50), ...ordered('two', 7), ...ordered('three', 50)]);
  expect(resultOf<ImagesResult>(await desk.say('/images --sort name --page 99'))).toMatchObject({
    page: 6,
    asked: 99,
    hosts: [{ host: 'one', images: 50, bytes: 500, dangling: 0 }, { images: 7 }, { images: 50 }],
  });

  const happened = await walk<EventsResult['rows'][0]>('/dock events');
  const times = happened.flatMap(({ rows }) => rows.map(({ at }) => at));
  expect(happened.map(({ rows, total }) => [rows.length, total])).toEqual([30, 30, 30, 7].map((rows) => [rows, 97]));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(new Set(times).size).toBe(97);
  expect(happened[0]).toMatchObject({ execs: 10 });
});

it('stats over hosts show the worst of all, and count what is not kept', async () => {
  const desk = await deskOf({ one: await engineWith(30, { stopped: 350 }), two: await engineWith(30, { at: 1 }) });

  const [first, second] = [
    resultOf<StatsResult>(await desk.say('/stats -a')),
    resultOf<StatsResult>(await desk.say('/stats -a --page 2')),
  ];

  expect([first.total, first.pages, first.rows.length]).toEqual([60, 3, 20]);
  const used = [...first.rows, ...second.rows].map(({ memoryBytes }) => memoryBytes);
  expect(used).toEqual(Array.from({ length: 40 }, (_, index) => 3 * (29 - Math.floor(index / 2)) + 1 - (index % 2)));
  expect(first.hosts).toEqual([
    { host: 'one', running: 30 },
    { host: 'two', running: 30 },
  ]);
  expect(first.stopped.length + first.unnamed).toBe(350);
  const shown = JSON.stringify(
    statsView(first, { hosts: ['one', 'two'], args: {}, line: '' } as unknown as Request<StatsArgs>),
  );
  const left = Number(/… and (\d+) more containers/u.exec(shown)?.[1]);
  expect(shown.split('not running').length - 1 + left).toBe(350);
});

it('keeps as much of a host with thousands of images, events or containers as of one with a page of them', async () => {
  const engines = { few: await engineWith(200), many: await engineWith(1000) };
  const kept: Record<string, number[]> = { few: [], many: [] };
  const addresses = Object.entries(engines).map(
    ([name, { socketPath }]) => [name, { kind: 'unix', socketPath }] as const,
  );
  const limits = createLimits({ perHost: 8, overall: 100, waiting: 5000 });
  const real = openHosts(new Map(addresses), limits);
  onTestFinished(() => real.close());
  const hosts: Hosts = {
    ...real,
    each: (names, work, options) =>
      real.each(
        names,
        async (engine, host) => {
          const value = await work(engine, host);
          kept[host]?.push(JSON.stringify(value).length);
          return value;
        },
        { ...options, deadlineMs: 60_000 },
      ),
  };
  const deps = { hosts, now: Date.now, redact: (text: string) => text, config: {}, live: {} } as unknown as Deps;
  const run: Run<never, never> = { signal: new AbortController().signal, progress() {}, early() {} };
  const asked = <Args>(args: Args) =>
    ({ args, hosts: real.names, since: performance.now(), line: '' }) as unknown as Request<Args>;

  const found = [
    await images.run(asked(ImagesArgs.parse({})), deps, run),
    await events.run(asked(EventsArgs.parse({})), deps, run),
    await stats.run(asked(StatsArgs.parse({})), deps, run),
  ];

  expect(found.map(({ failures }) => failures)).toEqual([[], [], []]);
  for (const [index, bytes] of (kept['few'] ?? []).entries()) expect(kept['many']?.[index]).toBeLessThan(1.2 * bytes);
  expect(kept['many']).toHaveLength(3);
}, 30_000);
