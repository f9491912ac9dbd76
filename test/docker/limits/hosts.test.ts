import { describe, expect, it } from 'vitest';
import type { EngineAddress } from '../../../src/docker/client/address.ts';
import type { LogQuery } from '../../../src/docker/client/call-options.ts';
import type { Engine } from '../../../src/docker/client/engine.ts';
import type { EngineError } from '../../../src/docker/client/engine-error.ts';
import { type HostOutcome, openHosts } from '../../../src/docker/limits/hosts.ts';
import { createLimits } from '../../../src/docker/limits/limits.ts';
import { UserError } from '../../../src/domain/errors.ts';
import { fakeEngine, ID, json, silence, text } from '../fake-engine.ts';

const limits = () => createLimits({ perHost: 2, overall: 8, waiting: 1 });
const never = new AbortController().signal;
const info = json({ Name: 'up' });

async function readAll(engine: Engine, query: LogQuery): Promise<void> {
  for await (const _ of engine.logs(ID, query));
}

function hostsAt(sockets: Readonly<Record<string, string>>) {
  const addresses = Object.entries(sockets).map(([name, socketPath]): [string, EngineAddress] => [
    name,
    { kind: 'unix', socketPath },
  ]);
  return openHosts(new Map(addresses), limits());
}

describe('work on several hosts', () => {
  it('returns one outcome per host in order, and reports late hosts', async () => {
    await using up = await fakeEngine({ 'GET /info': info });
    await using slow = await fakeEngine({ 'GET /info': silence });
    const hosts = hostsAt({ slow: slow.socketPath, up: up.socketPath, gone: '/nonexistent/socket' });
    const told: string[] = [];
    const onLate = (soFar: readonly HostOutcome<unknown>[], waiting: readonly string[]) =>
      void told.push(`${soFar.map(({ host }) => host).toSorted()} without ${waiting}`);

    const outcomes = await hosts.each(['slow', 'up', 'gone'], (engine) => engine.info(), {
      signal: never,
      deadlineMs: 2000,
      onLate,
    });

    expect(outcomes).toMatchObject([
      { host: 'slow', ok: false, error: { fault: 'timeout', engineSaid: expect.stringContaining('2 s') } },
      { host: 'up', ok: true, value: { name: 'up' } },
      { host: 'gone', ok: false, error: { fault: 'unreachable' } },
    ]);
    expect(told).toEqual(['gone,up without slow']);
    expect(outcomes[1]?.ms).toBeLessThan(2000);
  });

  it('ends at the deadline even if the work ignores the signal', async () => {
    const hosts = hostsAt({ a: '/nonexistent/socket' });

    const outcomes = await hosts.each(['a'], () => new Promise(() => {}), { signal: never, deadlineMs: 50 });

    expect(outcomes).toMatchObject([{ ok: false, error: { fault: 'timeout' } }]);
  });

  it('aborts running calls at the deadline', async () => {
    await using slow = await fakeEngine({ 'GET /info': silence });
    const hosts = hostsAt({ slow: slow.socketPath });
    await hosts.engine('slow').version();
    const closed = slow.closed();

    await hosts.each(['slow'], (engine) => engine.info(), { signal: never, deadlineMs: 500 });

    await closed;
  });

  it('is aborted by its caller, before and while it runs', async () => {
    await using slow = await fakeEngine({ 'GET /info': silence });
    const hosts = hostsAt({ slow: slow.socketPath });
    const stop = new AbortController();
    const running = hosts.each(['slow'], (engine) => engine.info(), { signal: stop.signal });

    stop.abort();

    expect(await running).toMatchObject([{ ok: false, error: { fault: 'aborted' } }]);
    let ran = false;
    const after = await hosts.each(
      ['slow'],
      async () => {
        ran = true;
      },
      { signal: stop.signal },
    );
    expect(after).toMatchObject([{ ok: false, error: { fault: 'aborted' } }]);
    expect(ran).toBe(false);
  });

  it('rejects with a mistake of a person or a bug, which is no host’s failure', async () => {
    const hosts = hostsAt({ a: '/nonexistent/socket' });
    const fail = (error: Error) => hosts.each(['a'], () => Promise.reject(error), { signal: never });

    await expect(fail(new UserError('ambiguous', 'two of them'))).rejects.toMatchObject({ reason: 'ambiguous' });
    await expect(fail(new TypeError('a bug'))).rejects.toThrow('a bug');
    await expect(hosts.each(['b'], async () => {}, { signal: never })).rejects.toMatchObject({
      reason: 'host_unknown',
    });
  });

  it('counts a busy host as the failure of that host', async () => {
    await using slow = await fakeEngine({ 'GET /info': silence });
    const hosts = hostsAt({ slow: slow.socketPath });
    const call = () => hosts.each(['slow'], (engine) => engine.info(), { signal: never, deadlineMs: 300 });

    const outcomes = (await Promise.all([call(), call(), call(), call()])).flat();

    const faults = outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.fault)).toSorted();
    expect(faults).toEqual(['busy', 'timeout', 'timeout', 'timeout']);
  });

  it('holds no place for a followed log', async () => {
    const follow = { tail: 1, timestamps: false, follow: true, tty: true } as const;
    await using up = await fakeEngine({
      'GET /info': info,
      [`GET /containers/${ID}/logs`]: (response) => void response.writeHead(200).write('one\n'),
    });
    const engine = hostsAt({ up: up.socketPath }).engine('up');
    const stop = new AbortController();
    const readers = Array.from({ length: 5 }, () =>
      engine.logs(ID, follow, { signal: stop.signal })[Symbol.asyncIterator](),
    );
    await Promise.all(readers.map((reader) => reader.next()));

    await expect(engine.info()).resolves.toMatchObject({ name: 'up' });

    stop.abort();
    await Promise.allSettled(readers.map((reader) => reader.next()));
  });

  it('frees the place of a log when its reader stops', async () => {
    const query = { tail: 1, timestamps: false, follow: false, tty: true } as const;
    await using up = await fakeEngine({
      'GET /info': info,
      [`GET /containers/${ID}/logs`]: (response) => void response.writeHead(200).write('one\n'),
    });
    const engine = hostsAt({ up: up.socketPath }).engine('up');

    for (let index = 0; index < 5; index += 1) for await (const _ of engine.logs(ID, query)) break;

    expect(up.asked.filter(({ line }) => line.includes('/logs'))).toHaveLength(5);
  });
});

describe('a host that was just found dead', () => {
  it('is not asked again', async () => {
    await using host = await fakeEngine({ 'GET /info': silence });
    const hosts = hostsAt({ a: host.socketPath });
    const ask = () => hosts.each(['a'], (engine) => engine.info(), { signal: never, deadlineMs: 1000 });
    const [first] = await ask();
    const asked = host.asked.length;

    const again = await Promise.all([ask(), ask()]);

    expect(first).toMatchObject({ ok: false, error: { fault: 'timeout' } });
    expect(again.flat()).toMatchObject([
      { ok: false, error: { fault: 'timeout' } },
      { ok: false, error: { fault: 'timeout' } },
    ]);
    expect(host.asked).toHaveLength(asked);
  });

  it('does not count as dead for a refusal or a registry timeout', async () => {
    await using host = await fakeEngine({
      'GET /info': info,
      'POST /images/create': json({ message: 'Get "https://r/v2/": dial tcp: i/o timeout' }, 500),
      [`DELETE /containers/${ID}`]: text('{"message":"No such container"}', 404),
    });
    const engine = hostsAt({ a: host.socketPath }).engine('a');

    const fault = (error: EngineError) => error.fault;
    expect(await engine.pull({ reference: 'r/x:1' }, () => {}).catch(fault)).toBe('timeout');
    expect(await engine.removeContainer(ID).catch(fault)).toBe('not_found');

    await expect(engine.info()).resolves.toMatchObject({ name: 'up' });
  });
});

describe('a rollout', () => {
  it('never waits for pulls, lists and logs, on its host or elsewhere', async () => {
    const done = text('', 204);
    await using idle = await fakeEngine({ 'GET /containers/json': json([]) });
    await using busy = await fakeEngine({
      'POST /images/create': silence,
      'GET /containers/json': silence,
      'GET /volumes': json({ Volumes: [] }),
      [`GET /containers/${ID}/logs`]: (response, request) =>
        void (request.url?.includes('tail=9&') ? response.end() : silence(response, request)),
      ...Object.fromEntries(['stop', 'start', 'rename'].map((action) => [`POST /containers/${ID}/${action}`, done])),
      [`POST /networks/${ID}/connect`]: done,
      [`POST /networks/${ID}/disconnect`]: done,
      [`DELETE /containers/${ID}`]: done,
    });
    const addresses = [busy, idle].map(({ socketPath }, index): [string, EngineAddress] => [
      ['busy', 'idle'][index] as string,
      { kind: 'unix', socketPath },
    ]);
    const settings = { perHost: 2, overall: 2, waiting: 9 };
    const hosts = openHosts(new Map(addresses), createLimits(settings));
    const query = { tail: 1, timestamps: false, follow: false, tty: true } as const;
    const stop = new AbortController();
    const all = (work: (engine: Engine) => Promise<unknown>) => hosts.each(['busy'], work, { signal: stop.signal });
    const others = Array.from({ length: 3 }, () => [
      all((engine) => engine.pull({ reference: 'r/x:1' }, () => {})),
      all((engine) => engine.listContainers({})),
      all((engine) => readAll(engine, query)),
    ]).flat();
    await expect.poll(() => busy.asked.length).toBe(1 + 4);

    const here = hosts.engine('busy');
    await here.stopContainer(ID, 1);
    await here.renameContainer(ID, 'shop');
    await here.disconnectNetwork(ID, ID);
    await here.connectNetwork(ID, ID, {});
    await here.startContainer(ID);
    await readAll(here, { ...query, tail: 9 });
    await here.listVolumes({});
    await here.removeContainer(ID);
    await hosts.engine('idle').listContainers({ all: true });

    expect(busy.asked).toHaveLength(1 + 4 + 8);
    stop.abort();
    await Promise.all(others);
  });

  it('starts a container while the maximum number of stops is running', async () => {
    await using host = await fakeEngine({
      [`POST /containers/${ID}/stop`]: silence,
      [`POST /containers/${ID}/start`]: text('', 204),
    });
    const engine = hostsAt({ a: host.socketPath }).engine('a');
    const end = new AbortController();
    const stops = [1, 2].map(() => engine.stopContainer(ID, 1, { signal: end.signal }).catch(() => undefined));
    await expect.poll(() => host.asked.length).toBe(1 + 2);

    await engine.startContainer(ID, { signal: AbortSignal.timeout(5000) });

    end.abort();
    await Promise.all(stops);
  });
});
