import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { parseReference } from '../../src/domain/reference.ts';
import { createRegistries, type Registries, type Repository } from '../../src/registry/client.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { registryUserError } from '../../src/registry/explain.ts';
import { ACCOUNT, BASIC, configWith, never, serve } from './server.ts';

const PUSHER = { username: 'pusher', password: 'p4ssw0rd-too' };
const PUSH_BASIC = `Basic ${Buffer.from('pusher:p4ssw0rd-too').toString('base64')}`;

const withRegistry = (host: string, own: object = ACCOUNT): Registries => createRegistries(configWith({ [host]: own }));
const tagsOf = (repository: Repository, signal = never) =>
  repository.ask({ method: 'GET', url: repository.url('tags/list'), signal });

/** A registry with a token server of its own, which counts what it was asked. */
async function tokenRegistry(life: object = { expires_in: 300 }) {
  const asked: { readonly account: string | undefined; readonly scopes: string[] }[] = [];
  const registry = await serve(({ url = '', headers }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (pathname === '/token') {
      asked.push({ account: headers.authorization, scopes: searchParams.getAll('scope') });
      response.end(JSON.stringify({ token: `t${asked.length}`, ...life }));
    } else if (headers.authorization?.startsWith('Bearer t')) response.end('{"tags":[]}');
    else {
      const realm = `Bearer realm="http://${headers.host}/token",service="r"`;
      response.writeHead(401, { 'www-authenticate': realm }).end();
    }
  });
  return Object.assign(registry, { asked });
}

describe('a token', () => {
  it('is asked for once by many, kept, and another for another account or scope', async () => {
    await using at = await tokenRegistry();
    const registries = withRegistry(at.host, { ...ACCOUNT, push: PUSHER });

    const answers = await Promise.all(Array.from({ length: 12 }, () => tagsOf(registries.repository(at.shop))));
    await tagsOf(registries.repository(at.shop));
    await tagsOf(registries.repository(at.shop, 'push', 'base'));

    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(at.asked).toEqual([
      { account: BASIC, scopes: ['repository:shop:pull'] },
      { account: PUSH_BASIC, scopes: ['repository:shop:pull,push', 'repository:base:pull'] },
    ]);
  });

  it('that is over is asked for again, also when its server gives it no time at all', async () => {
    await using at = await tokenRegistry({ expires_in: 0.02 });
    const registries = withRegistry(at.host);

    await tagsOf(registries.repository(at.shop));
    const askAgain = async () => {
      await tagsOf(registries.repository(at.shop));
      return at.asked.length;
    };
    await expect.poll(askAgain).toBeGreaterThan(1);
  });

  it('that one caller no longer wants is given to the others', async () => {
    await using at = await tokenRegistry();
    const registries = withRegistry(at.host);
    const leaver = new AbortController();

    const left = tagsOf(registries.repository(at.shop), leaver.signal).catch(() => 'left');
    const stays = tagsOf(registries.repository(at.shop));
    leaver.abort();

    expect((await stays).ok).toBe(true);
    expect(await left).toBe('left');
  });
});

it('a challenge is answered as it comes: Basic after Bearer, as Harbor does for its catalogue', async () => {
  const sent: string[] = [];
  await using at = await serve(({ url = '', headers }, response) => {
    const kind = headers.authorization?.split(' ')[0] ?? 'none';
    if (url.startsWith('/token')) return response.end('{"token":"t1"}');
    sent.push(kind);
    if (kind === 'Basic') return response.end('{"repositories":[]}');
    const challenge =
      kind === 'none'
        ? `Bearer realm="http://${headers.host}/token",service="harbor-registry"`
        : 'Basic realm="harbor"';
    return response.writeHead(401, { 'www-authenticate': challenge }).end();
  });
  const host = withRegistry(at.host).host(at.host);

  expect((await host.ask({ method: 'GET', url: host.url('/v2/_catalog'), signal: never })).status).toBe(200);
  expect(sent).toEqual(['none', 'Bearer', 'Basic']);
});

it("the product's own API gets the account at once, and no other host gets it", async () => {
  const sent: (string | undefined)[] = [];
  await using other = await serve(({ headers }, response) => {
    sent.push(headers.authorization);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
  });
  await using at = await serve(({ headers }, response) => {
    sent.push(headers.authorization);
    response.end('{}');
  });
  const host = createRegistries(configWith({ [at.host]: ACCOUNT, [other.host]: {} })).host(at.host);

  await host.ask({ method: 'GET', url: host.apiUrl('/api/v2.0/search?q=shop'), signal: never });
  const elsewhere = await host.ask({ method: 'GET', url: new URL(`http://${other.host}/api`), signal: never });

  expect(elsewhere.status).toBe(401);
  expect(sent).toEqual([BASIC, undefined]);
});

describe('a limit', () => {
  const limited = (headers: () => Record<string, string>, times: number) => {
    let left = times;
    return serve((_, response) => {
      left -= 1;
      if (left < 0) response.end('{"tags":[]}');
      else response.writeHead(429, headers()).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}');
    });
  };

  it.each([
    ['in seconds', () => ({ 'retry-after': '1' })],
    ['as a date', () => ({ 'retry-after': new Date(Date.now() + 1500).toUTCString() })],
    ['as a Unix time', () => ({ 'x-retry-after': String(Math.ceil(Date.now() / 1000) + 1) })],
  ])('that is over soon, %s, is waited for', async (_, headers) => {
    await using at = await limited(headers, 1);

    expect((await tagsOf(withRegistry(at.host).repository(at.shop))).status).toBe(200);
  });

  it('that outlasts the deadline is named as the cause', async () => {
    await using at = await limited(() => ({ 'retry-after': '9' }), 1);
    const repository = withRegistry(at.host).repository(at.shop);

    await expect(tagsOf(repository, AbortSignal.timeout(300))).rejects.toMatchObject({
      fault: 'rate_limited',
      retryAfterMs: 9000,
    });
  });

  it('that lasts is said at once', async () => {
    await using at = await limited(() => ({ 'retry-after': '21600' }), 1);

    expect((await tagsOf(withRegistry(at.host).repository(at.shop))).status).toBe(429);
  });

  it('of four at once is kept', async () => {
    const open: ServerResponse[] = [];
    let most = 0;
    await using at = await serve((_, response) => {
      most = Math.max(most, open.push(response));
      // Answers only when four wait, and late enough for a fifth to come.
      if (open.length === 4) setTimeout(() => open.splice(0).map((one) => one.end('{"tags":[]}')), 30);
    });
    const registries = withRegistry(at.host);

    await Promise.all(Array.from({ length: 40 }, () => tagsOf(registries.repository(at.shop))));

    expect(most).toBe(4);
  });
});

it('an error for people has the words of the registry, and its secrets hidden', () => {
  const error = new RegistryError('harbor.example.com', 'denied', { status: 403, said: 'no p4ssw0rd' });

  const { reason, message, hint } = registryUserError(error, parseReference('harbor.example.com/devops/shop'), (text) =>
    text.replaceAll('p4ssw0rd', '***'),
  );

  expect(reason).toBe('registry_refused');
  expect(message).toContain('harbor.example.com');
  expect(message).toContain('no ***');
  expect(hint).toContain('permission');
});

it('a warning of the registry (299) is kept once', async () => {
  await using at = await serve((_, response) => {
    response.writeHead(200, { warning: '299 - "old clients are refused from May"' }).end('{"tags":[]}');
  });
  const registries = withRegistry(at.host);

  await tagsOf(registries.repository(at.shop));
  await tagsOf(registries.repository(at.shop));

  expect(registries.warnings(at.host)).toEqual(['old clients are refused from May']);
});
