import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { Deadlines } from '../../../src/docker/client/dockerode.ts';
import { fakeEngine, ID, IMAGE_ID, json, silence, text } from '../fake-engine.ts';

const SHORT: Partial<Deadlines> = { quickMs: 150, listMs: 150, slowMs: 150 };
const at = (fake: { readonly socketPath: string }, deadlines?: Partial<Deadlines>) =>
  connectEngine({ kind: 'unix', socketPath: fake.socketPath }, deadlines);

describe('redirects', () => {
  it.each(['//elsewhere/x', '/../x', 'ftp://elsewhere/x', 'javascript:x', '', '::::'])(
    'takes a redirect to %j for an answer it cannot use, and stays alive',
    async (location) => {
      await using fake = await fakeEngine({ 'GET /info': text('', 301, { location }) });

      await expect(at(fake).info()).rejects.toMatchObject({ fault: 'protocol', status: 301 });
    },
  );

  it('asks nothing of the address a redirect names', async () => {
    let reached = 0;
    const other = createServer((_, response) => {
      reached += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    await using fake = await fakeEngine({ 'GET /info': text('', 302, { location }) });

    await expect(at(fake).info()).rejects.toMatchObject({ fault: 'protocol' });

    expect(reached).toBe(0);
  });
});

describe('an engine that does not answer', () => {
  it('ends with a timeout when nothing comes', async () => {
    await using fake = await fakeEngine({ 'GET /info': silence });

    await expect(at(fake, SHORT).info()).rejects.toMatchObject({
      fault: 'timeout',
      engineSaid: expect.stringContaining('0.15 s'),
    });
  });

  it('ends with a timeout when the answer stops after its headers', async () => {
    await using fake = await fakeEngine({ 'GET /info': (response) => void response.writeHead(200).write('{"Na') });

    await expect(at(fake, SHORT).info()).rejects.toMatchObject({ fault: 'timeout' });
  });

  it('says at once that the connection broke in the middle of an answer', async () => {
    await using fake = await fakeEngine({
      'GET /info': (response) => {
        response.writeHead(200, { 'content-length': '500' });
        response.write('{"Na', () => response.destroy());
      },
    });

    await expect(at(fake).info()).rejects.toMatchObject({ fault: 'unreachable' });
  });

  it('ends when its caller stops, and lets go of the connection', async () => {
    await using fake = await fakeEngine({ 'GET /info': silence });
    const engine = at(fake);
    await engine.version();
    const stop = new AbortController();
    const asking = engine.info({ signal: stop.signal });
    const closed = fake.closed();

    stop.abort();

    await expect(asking).rejects.toMatchObject({ fault: 'aborted' });
    await closed;
  });

  it('tells a deadline of the caller from its stopping', async () => {
    await using fake = await fakeEngine({ 'GET /info': silence });

    const asking = at(fake).info({ signal: AbortSignal.timeout(50) });

    await expect(asking).rejects.toMatchObject({ fault: 'timeout' });
  });

  it('does not even connect for a caller who has stopped already', async () => {
    await using fake = await fakeEngine({});

    await expect(at(fake).removeContainer(ID, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      fault: 'aborted',
    });

    expect(fake.asked.filter(({ line }) => line.startsWith('DELETE'))).toEqual([]);
  });

  it('reads again when a kept connection turns out closed, but never repeats a change', async () => {
    let cuts = 0;
    const cutOnce = (response: { destroy(): unknown }) => {
      cuts += 1;
      response.destroy();
    };
    await using fake = await fakeEngine({
      'GET /info': (response) => (cuts === 0 ? cutOnce(response) : response.end('{"Name":"one"}')),
      [`DELETE /containers/${ID}`]: cutOnce,
    });
    const engine = at(fake);

    await expect(engine.info()).resolves.toMatchObject({ name: 'one' });
    await expect(engine.removeContainer(ID)).rejects.toMatchObject({ fault: 'unreachable' });

    expect(fake.asked.filter(({ line }) => line.startsWith('DELETE'))).toHaveLength(1);
  });

  it.each([
    ['no socket', '/nonexistent/docker.sock', /ENOENT/u],
    ['a file that is no socket', import.meta.filename, /ENOTSOCK|ECONNREFUSED/u],
  ])('says that it cannot be reached: %s', async (_, socketPath, words) => {
    const asking = connectEngine({ kind: 'unix', socketPath }).version();

    await expect(asking).rejects.toMatchObject({ fault: 'unreachable', engineSaid: expect.stringMatching(words) });
  });
});

describe('answers that are not an engine’s', () => {
  it.each([
    ['a page with 200', text('<html>Login</html>')],
    ['a page with 502', text('<html>Bad gateway</html>', 502)],
    ['words with 200', text('hello')],
    ['another kind of JSON', json({ ApiVersion: 41 })],
  ])('%s', async (_, answer) => {
    await using fake = await fakeEngine({ 'GET /info': answer, 'GET /version': answer });

    await expect(at(fake).info()).rejects.toMatchObject({ fault: 'protocol' });
  });

  it('keeps control characters out of what the engine said', async () => {
    const message = 'no\u001b[31m such\r\n\u0000 thing \u202Egniht\u200b';
    await using fake = await fakeEngine({ 'GET /info': json({ message }, 404) });

    const said = await at(fake)
      .info()
      .catch((error: { engineSaid: string }) => error.engineSaid);

    expect(said).toBe('no [31m such  thing  gniht');
  });

  it('takes 304 for done', async () => {
    await using fake = await fakeEngine({ [`DELETE /containers/${ID}`]: text('', 304) });

    await expect(at(fake).removeContainer(ID)).resolves.toBeUndefined();
  });
});

describe('what is sent', () => {
  const REFUSED = [
    '',
    '.',
    '..',
    'victim/kill?signal=KILL&x=',
    '..//127.0.0.1:1/x?',
    'a b',
    `${ID}\r\nX: y`,
    `${'a'.repeat(63)}/`,
    `${ID}\n`,
  ];

  it.each(REFUSED)('refuses the id %j before any connection', async (id) => {
    await using fake = await fakeEngine({});
    const engine = at(fake);
    const logs = { tail: 1, timestamps: false, follow: false, tty: false };
    const calls: (() => Promise<unknown>)[] = [
      () => engine.inspectContainer(id),
      () => engine.removeContainer(id),
      () => engine.logs(id, logs)[Symbol.asyncIterator]().next(),
      () => engine.inspectImage(id),
      () => engine.removeImage(id),
      () => engine.removeVolume(id),
      () => engine.removeNetwork(id),
      () => engine.removeCache(id),
    ];

    for (const call of calls) await expect(call()).rejects.toMatchObject({ fault: 'refused' });

    expect(fake.connections()).toBe(0);
  });

  it.each([
    'x',
    'x:',
    ':1',
    'x:1/y',
    '../x:1',
    'a//b:1',
    'a/../b:1',
    'x/Y:1',
    'x:1?y=2',
    'x:1#',
    'x%2f:1',
    'h:99/x y:1',
    `x@sha256:${'a'.repeat(63)}`,
    `x:1@sha256:${'a'.repeat(64)}@y`,
    `h..h/x:1`,
    `x:${'a'.repeat(129)}`,
  ])('refuses the reference %j before any connection', async (reference) => {
    await using fake = await fakeEngine({});

    await expect(at(fake).pull({ reference }, () => {})).rejects.toMatchObject({ fault: 'bad_reference' });
    await expect(at(fake).removeImage(reference)).rejects.toMatchObject({ fault: 'refused' });

    expect(fake.connections()).toBe(0);
  });

  it('keeps the slashes of a tag and escapes the rest', async () => {
    await using fake = await fakeEngine({ 'DELETE /images/r.example%3A5000/a/b%3A1.0_x-y': json([]) });

    await at(fake).removeImage('r.example:5000/a/b:1.0_x-y');

    expect(fake.asked.at(-1)?.line).toBe('DELETE /v1.43/images/r.example%3A5000/a/b%3A1.0_x-y');
  });

  it('never forces', async () => {
    await using fake = await fakeEngine({
      [`DELETE /images/${encodeURIComponent(IMAGE_ID)}`]: json([]),
      [`DELETE /containers/${ID}`]: text('', 204),
      'DELETE /volumes/data': text('', 204),
    });
    const engine = at(fake);

    await Promise.all([engine.removeImage(IMAGE_ID), engine.removeContainer(ID), engine.removeVolume('data')]);

    const lines = fake.asked.map(({ line }) => line).join('\n');
    expect(lines).not.toContain('force');
    expect(lines).toContain(`/containers/${ID}?v=false`);
  });

  it('has no field of a body in the address of a POST, and no body', async () => {
    await using fake = await fakeEngine({
      'POST /build/prune': json({ CachesDeleted: ['k2f6x3v1q9'], SpaceReclaimed: 7 }),
    });

    expect(await at(fake).removeCache('k2f6x3v1q9')).toBe(7);

    const { line = '', body } = fake.asked.at(-1) ?? {};
    expect([...new URL(line.slice(5), 'http://x').searchParams.keys()]).toEqual(['all', 'filters']);
    expect(line).not.toMatch(/_query|_body|abortSignal|headers/u);
    expect(body).toBe('');
  });

  it.each([
    [{ tail: Number.NaN }],
    [{ tail: -1 }],
    [{ tail: 1.5 }],
    [{ since: Number.NaN }],
    [{ until: Number.POSITIVE_INFINITY }],
  ])('refuses a log of %j: the engine would send all of it', async (wrong) => {
    await using fake = await fakeEngine({});
    const query = { tail: 10, timestamps: true, follow: false, tty: false, ...wrong };

    await expect(at(fake).logs(ID, query)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ fault: 'refused' });

    expect(fake.connections()).toBe(0);
  });
});

describe('the environment', () => {
  const VARIABLES = [
    'DOCKER_HOST',
    'DOCKER_TLS_VERIFY',
    'DOCKER_CERT_PATH',
    'DOCKER_CLIENT_TIMEOUT',
    'DOCKER_PATH_PREFIX',
  ];

  it.each([
    ['a dead address', { DOCKER_HOST: 'tcp://127.0.0.1:1' }],
    [
      'TLS with certificates that are not there',
      { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nonexistent' },
    ],
    ['SSH', { DOCKER_HOST: 'ssh://nobody@127.0.0.1:1', DOCKER_CLIENT_TIMEOUT: '1', DOCKER_PATH_PREFIX: '/elsewhere' }],
    ['nonsense', { DOCKER_HOST: 'http://[' }],
  ])('does not change where an engine is: %s', async (_, variables: Record<string, string>) => {
    const before = VARIABLES.map((name) => [name, process.env[name]] as const);
    onTestFinished(() => {
      for (const [name, value] of before)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    });
    Object.assign(process.env, variables);
    await using fake = await fakeEngine({ 'GET /info': json({ Name: 'mine' }) });

    await expect(at(fake).info()).resolves.toMatchObject({ name: 'mine' });

    expect(process.env['DOCKER_HOST']).toBe(variables['DOCKER_HOST']);
  });
});
