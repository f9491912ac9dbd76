import { describe, expect, it } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { type Answer, fakeEngine, ID, IMAGE_ID, json, text } from '../fake-engine.ts';

async function ask<T>(
  routes: Readonly<Record<string, Answer>>,
  call: (engine: ReturnType<typeof connectEngine>) => Promise<T>,
): Promise<T> {
  await using fake = await fakeEngine(routes);
  return await call(connectEngine({ kind: 'unix', socketPath: fake.socketPath }));
}

it('one container or image with too many labels takes nothing of the list away but its own last labels', async () => {
  const many = Object.fromEntries(Array.from({ length: 6000 }, (_, at) => [`label-${at}`, 'x']));
  const other = 'c'.repeat(64);
  const routes = {
    'GET /containers/json': json([
      { Id: ID, Labels: many },
      { Id: other, Labels: { a: 'b' } },
    ]),
    'GET /images/json': json([{ Id: IMAGE_ID, Labels: many }]),
    'GET /volumes': json({ Volumes: [{ Name: 'data', Labels: many }] }),
    'GET /networks': json([{ Id: ID, Name: 'n', Labels: many }]),
  };
  const counted = (all: readonly { readonly labels: object }[]) => all.map(({ labels }) => Object.keys(labels).length);

  expect(counted(await ask(routes, (engine) => engine.listContainers({})))).toEqual([5000, 1]);
  expect(counted(await ask(routes, (engine) => engine.listImages({})))).toEqual([5000]);
  expect(counted(await ask(routes, (engine) => engine.listVolumes({})))).toEqual([5000]);
  expect(counted(await ask(routes, (engine) => engine.listNetworks({})))).toEqual([5000]);
});

describe('fields that engines omit or send as null', () => {
  it('are empty in lists', async () => {
    const nothing = { Names: null, Ports: null, Labels: null, Mounts: null, NetworkSettings: null };
    const routes = {
      'GET /containers/json': json([{ Id: ID, ...nothing }]),
      'GET /images/json': json([
        { Id: IMAGE_ID, RepoTags: null, RepoDigests: ['<none>@<none>'], Created: 1, Size: 2, Labels: null },
      ]),
      'GET /volumes': json({ Volumes: null, Warnings: null }),
      'GET /networks': json([{ Id: ID, Name: 'n', Labels: null, Created: '0001-01-01T00:00:00Z' }]),
    };

    expect(await ask(routes, (engine) => engine.listContainers({}))).toMatchObject([
      { id: ID, names: [], ports: [], labels: {}, mounts: [], networks: [] },
    ]);
    expect(await ask(routes, (engine) => engine.listImages({}))).toEqual([
      { id: IMAGE_ID, tags: [], digests: [], createdAt: 1000, bytes: 2, labels: {} },
    ]);
    expect(await ask(routes, (engine) => engine.listVolumes({}))).toEqual([]);
    expect(await ask(routes, (engine) => engine.listNetworks({ countAttached: true }))).toMatchObject([
      { createdAt: undefined, labels: {}, attached: 0 },
    ]);
    expect(await ask({ 'GET /images/json': json(null) }, (engine) => engine.listImages({}))).toEqual([]);
  });

  it('are empty in details', async () => {
    const routes = {
      [`GET /images/${encodeURIComponent(IMAGE_ID)}/json`]: json({ Id: IMAGE_ID, Config: null }),
      [`GET /containers/${ID}/json`]: json({
        Id: ID,
        Name: '/api',
        Config: { Env: null },
        State: { StartedAt: '0001-01-01T00:00:00Z' },
      }),
      'GET /info': json({ Swarm: null, Warnings: null }),
      'GET /system/df': json({
        Images: null,
        Containers: null,
        Volumes: [{ Name: 'v', UsageData: { Size: -1, RefCount: -1 } }],
        BuildCache: null,
      }),
    };

    expect(await ask(routes, (engine) => engine.inspectImage(IMAGE_ID))).toMatchObject({
      tags: [],
      labels: {},
      arch: '',
    });
    expect(await ask(routes, (engine) => engine.inspectContainer(ID))).toMatchObject({
      name: 'api',
      tty: false,
      env: [],
      startedAt: undefined,
    });
    expect(await ask(routes, (engine) => engine.info())).toMatchObject({ swarm: false, warnings: [] });
    expect(await ask(routes, (engine) => engine.diskUsage())).toMatchObject({
      imagesBytes: 0,
      volumesBytes: 0,
      volumes: [{ name: 'v', bytes: 0 }],
      cache: [],
    });
  });
});

describe('images', () => {
  const byDigest = `registry.test:5000/shop@sha256:${'a'.repeat(64)}`;
  const image = { Id: IMAGE_ID, RepoTags: ['registry.test:5000/shop:1', byDigest], RepoDigests: [] };

  it('have no digest among their tags, as a containerd image store lists it', async () => {
    const routes = {
      'GET /images/json': json([image]),
      [`GET /images/${encodeURIComponent(IMAGE_ID)}/json`]: json(image),
    };

    const expected = { tags: ['registry.test:5000/shop:1'], digests: [byDigest] };
    expect(await ask(routes, (engine) => engine.listImages({}))).toMatchObject([expected]);
    expect(await ask(routes, (engine) => engine.inspectImage(IMAGE_ID))).toMatchObject(expected);
  });
});

describe('containers', () => {
  it('have their own name first, their health, and a known state', async () => {
    const list = [
      { Id: ID, Names: ['/other/db', '/db'], State: 'running', Status: 'Up 3 hours (healthy)', Created: 7 },
      { Id: ID, Names: ['/a'], State: 'running', Status: 'Up 1 second (health: starting)' },
      { Id: ID, Names: ['/b'], State: 'configured', Status: 'Created' },
    ];

    const found = await ask({ 'GET /containers/json': json(list) }, (engine) => engine.listContainers({ all: true }));

    expect(found).toMatchObject([
      { names: ['db', 'other/db'], health: 'healthy', createdAt: 7000 },
      { health: 'starting' },
      { state: 'created', health: undefined },
    ]);
  });
});

describe('an answer', () => {
  it.each([
    ['more entries than any host has', json(Array.from({ length: 20_001 }, () => ({ Id: ID })))],
    ['more bytes than a list takes', text(`[${' '.repeat(8_000_000)}]`)],
  ])('is refused for its size: %s', async (_, answer) => {
    const asking = ask({ 'GET /containers/json': answer }, (engine) => engine.listContainers({}));

    await expect(asking).rejects.toMatchObject({ fault: 'too_large' });
  });
});

describe('disk usage', () => {
  const cache = [
    {
      ID: 'k1',
      Type: 'regular',
      Description: 'RUN make',
      Size: 10,
      InUse: false,
      Shared: false,
      CreatedAt: '2026-01-02T03:04:05.123456789Z',
      LastUsedAt: null,
    },
    { ID: 'k2', Size: 5, Shared: true },
  ];
  const usage = json({ LayersSize: 100, Containers: [{ SizeRw: 3 }, {}], Volumes: [], BuildCache: cache });

  it('counts bytes shared by cache and images once', async () => {
    const found = await ask({ 'GET /system/df': usage }, (engine) => engine.diskUsage());

    expect(found).toMatchObject({ imagesBytes: 100, containersBytes: 3, cacheBytes: 10 });
    expect(found.cache[0]).toMatchObject({
      id: 'k1',
      createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 123),
      lastUsedAt: undefined,
    });
  });

  it('is counted once for concurrent callers, even if one aborts', async () => {
    let counts = 0;
    const begun = Promise.withResolvers<() => void>();
    await using fake = await fakeEngine({
      'GET /system/df': (response, request) => {
        counts += 1;
        begun.resolve(() => usage(response, request));
      },
    });
    const engine = connectEngine({ kind: 'unix', socketPath: fake.socketPath });
    const stop = new AbortController();
    const first = engine.diskUsage({ signal: stop.signal });
    const second = engine.diskUsage();
    const answer = await begun.promise;

    stop.abort();
    await expect(first).rejects.toMatchObject({ fault: 'aborted' });
    answer();

    await expect(second).resolves.toMatchObject({ imagesBytes: 100 });
    expect(counts).toBe(1);
  });
});
