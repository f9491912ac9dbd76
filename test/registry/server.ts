import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseConfig } from '../../src/config.ts';
import { parseReference } from '../../src/domain/reference.ts';
import { createTags } from '../../src/registry/tags.ts';

/** A registry on the loopback that does what a test says. */
export async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    shop: parseReference(`127.0.0.1:${port}/shop:1`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

export const ACCOUNT = { username: 'robot', password: 'p4ssw0rd' };
export const BASIC = `Basic ${Buffer.from('robot:p4ssw0rd').toString('base64')}`;

/** A config with these registries: `{ "127.0.0.1:5000": {} }`. */
export function configWith(registries: object) {
  const hosts = { one: { url: 'unix:///run/docker.sock' } };
  return parseConfig(JSON.stringify({ slack: { team: 'T0FAIRLEAD' }, hosts, registries }), 'fairlead.yml', {});
}

export const tagsWith = (registries: object) => createTags(configWith(registries));
export const never = new AbortController().signal;
