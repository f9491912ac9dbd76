import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isPublic } from '../../src/registry/addresses.ts';
import { createRegistries } from '../../src/registry/client.ts';
import { RealmRefused } from '../../src/registry/errors.ts';
import { judgeRealm } from '../../src/registry/realm.ts';
import { ACCOUNT, BASIC, configWith, never, serve, tagsWith } from './server.ts';

describe('addresses', () => {
  it.each([
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::127.0.0.1',
    '::7f00:1',
    '::a00:1',
    '64:ff9b:1::a00:1',
    '0200::1',
    '4000::1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
  ])('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it('that the config does not name are not connected to, however they are written', async () => {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const tags = tagsWith({ '127.0.0.1:1': {} });

    for (const host of [
      '127.0.0.1',
      'localhost',
      '0.0.0.0',
      '127.1',
      '2130706433.',
      '[::1]',
      '[::ffff:7f00:1]',
      '127.0.0.1.',
    ])
      expect(
        await tags.list({ registry: `${host}:${port}`, path: 'shop', tag: '1', digest: undefined }, never),
      ).toEqual({
        tags: [],
        cut: false,
      });

    server.close();
    expect(connections).toBe(0);
  });
});

describe('a token realm', () => {
  const bearer = (realm: string) => ({ 'www-authenticate': `Bearer realm="${realm}",service="registry"` });
  /** Token server that accepts any request and keeps what was sent. */
  async function tokenServer() {
    const sent: (string | undefined)[] = [];
    const server = await serve(({ headers }, response) => {
      sent.push(headers.authorization);
      response.end('{"token":"t1"}');
    });
    return Object.assign(server, { sent });
  }
  const registryFor = (realm: string) =>
    serve(({ headers }, response) => {
      if (headers.authorization === 'Bearer t1') response.end('{"tags":["1.0.0"]}');
      else response.writeHead(401, bearer(realm)).end();
    });

  it('on another host gets no account and, over plain http, no call', async () => {
    await using elsewhere = await tokenServer();
    await using registry = await registryFor(`http://${elsewhere.host}/token`);
    const registries = { [registry.host]: ACCOUNT, [elsewhere.host]: {} };

    expect((await tagsWith(registries).list(registry.shop, never)).tags).toEqual([]);
    await expect(createRegistries(configWith(registries)).tryAccount(registry.host, never)).rejects.toThrow(
      RealmRefused,
    );

    expect(elsewhere.sent).toEqual([]);
  });

  it('gets the account once the config pins it', async () => {
    await using elsewhere = await tokenServer();
    await using registry = await registryFor(`http://user:pass@${elsewhere.host}/token`);
    const registries = { [registry.host]: { ...ACCOUNT, tokenServer: `http://${elsewhere.host}` } };

    expect((await tagsWith(registries).list(registry.shop, never)).tags).toEqual(['1.0.0']);

    expect(elsewhere.sent).toEqual([BASIC]);
  });

  it.each(['http://0.0.0.0', 'http://169.254.169.254', 'http://127.0.0.1', 'file:///etc', 'nonsense'])(
    'at %s is not called',
    async (place) => {
      await using inside = await tokenServer();
      await using registry = await registryFor(`${place}:${inside.port}/metadata`);

      expect((await tagsWith({ [registry.host]: ACCOUNT }).list(registry.shop, never)).tags).toEqual([]);
      expect(inside.sent).toEqual([]);
    },
  );

  it('of Docker Hub is known, and of nobody else', async () => {
    const at = (name: string, pinned?: string) =>
      judgeRealm('https://auth.docker.io/token', { name, origin: `https://${name}`, pinned })?.trusted;

    expect([at('docker.io'), at('evil.example.com'), at('x.example.com', 'https://auth.docker.io')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

it('a redirect is not followed', async () => {
  let called = 0;
  await using inside = await serve((_, response) => {
    called += 1;
    response.end('{"tags":["1"]}');
  });
  await using registry = await serve((_, response) => {
    response.writeHead(307, { location: `http://${inside.host}/v2/shop/tags/list` }).end();
  });

  expect((await tagsWith({ [registry.host]: ACCOUNT, [inside.host]: {} }).list(registry.shop, never)).tags).toEqual([]);
  expect(called).toBe(0);
});

it('a registry that does not stop talking is not listened to', async () => {
  let bytes = 0;
  const line = Buffer.alloc(64 * 1024, 'x');
  const ended = Promise.withResolvers<void>();
  await using registry = await serve((_, response) => {
    response.on('close', ended.resolve);
    const more = () => {
      do bytes += line.length;
      while (!response.destroyed && response.write(line));
    };
    response.on('drain', more);
    more();
  });

  expect(await tagsWith({ [registry.host]: {} }).list(registry.shop, never)).toEqual({ tags: [], cut: false });
  await ended.promise;
  expect(bytes).toBeLessThan(40_000_000);
});
