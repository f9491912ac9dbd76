import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { parseReference } from '../../src/commands/reference.ts';
import { parseConfig } from '../../src/config.ts';
import { createTags } from '../../src/registry/tags.ts';

const tags = createTags(
  parseConfig('slack: { team: T0FAIRLEAD }\nhosts: { one: { url: "unix:///run/docker.sock" } }\n', 'fairlead.yml', {}),
);
const never = new AbortController().signal;

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    shop: parseReference(`127.0.0.1:${port}/shop:1`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

it('a registry cannot have an address of its choice called over plain http', async () => {
  const called: string[] = [];
  await using inside = await serve(({ url = '' }, response) => {
    called.push(url);
    response.end('{}');
  });
  await using registry = await serve((_, response) => {
    // The same machine, under an address that is not the loopback's.
    const realm = `Bearer realm="http://0.0.0.0:${inside.port}/metadata",service="x"`;
    response.writeHead(401, { 'www-authenticate': realm }).end();
  });

  expect(await tags.list(registry.shop, never)).toEqual([]);
  expect(called).toEqual([]);
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

  expect(await tags.list(registry.shop, never)).toEqual([]);
  await ended.promise;
  expect(bytes).toBeLessThan(40_000_000);
});
