import { expect, it } from 'vitest';
import { ownParts } from '../../../src/docker/rollout/own-parts.ts';

const SOCKET = { type: 'bind', name: undefined, destination: '/var/run/docker.sock', source: '/var/run/docker.sock' };
const volume = (name: string) => ({
  type: 'volume',
  name,
  destination: '/d',
  source: `/var/lib/docker/volumes/${name}/_data`,
});
const found = (id: string, more: Partial<Parameters<typeof ownParts>[0][number]> = {}) => ({
  id: id.padEnd(64, '0'),
  names: [id],
  labels: {},
  mounts: [],
  networks: [],
  addresses: [],
  ports: [],
  ...more,
});
const bot = found('b07', {
  networks: ['engine', 'out'],
  mounts: [volume('data'), { type: 'bind', name: undefined, destination: '/config', source: '/srv/fairlead/config' }],
});
const proxy = found('9a', {
  names: ['fairlead-socket-proxy-1'],
  labels: { 'com.docker.compose.service': 'socket-proxy' },
  mounts: [SOCKET, volume('proxy-state')],
  networks: ['engine'],
  addresses: ['172.20.0.2'],
});
const traefik = found('7a', { mounts: [SOCKET], networks: ['out'] });
const port = (publicPort: number) => [{ ip: '0.0.0.0', privatePort: 2375, publicPort, protocol: 'tcp' }];
const all = [bot, proxy, traefik, found('5b', { networks: ['engine', 'out'], mounts: [volume('shop')] })];
const of = (reach: Partial<Parameters<typeof ownParts>[1]>, containers = all) => {
  const { containers: ids, ...rest } = ownParts(containers, { host: 'x', isLocal: false, self: ['b07'], ...reach });
  return {
    ids: [...ids].map((id) => id.replace(/0+$/u, '')).map((id) => (id === 'b07'.replace(/0+$/u, '') ? 'b07' : id)),
    ...rest,
  };
};

it.each([
  ['its name', { host: 'fairlead-socket-proxy-1', port: 2375 }],
  ['its service’s name', { host: 'socket-proxy', port: 2375 }],
  ['its address', { host: '172.20.0.2', port: 2375 }],
  ['its id', { host: '9a'.padEnd(12, '0'), port: 2375 }],
])('the socket proxy is found by %s, not by mounting the socket', (_, reach) => {
  expect(of(reach)).toMatchObject({ ids: ['b07', '9a'], volumes: new Set(['data', 'proxy-state']) });
});

it('for an alias that is no container name, the neighbour that mounts the socket is the proxy', () => {
  expect(of({ host: 'docker', port: 2375 }).ids).toEqual(['b07', '9a', '7a']);
});

it('on a socket only a container that shares a volume is a proxy', () => {
  expect(of({}).ids).toEqual(['b07']);
  expect(of({}, [bot, found('9a', { mounts: [SOCKET, volume('data')] }), traefik]).ids).toEqual(['b07', '9a']);
  expect(of({}).folders).toEqual(['/srv/fairlead/config']);
});

it('from another machine, the container that publishes the port is the proxy', () => {
  const publishing = { ...proxy, ports: port(2375) };
  expect(of({ self: [], port: 2375 }, [publishing, traefik]).ids).toEqual(['9a']);
  expect(of({ self: [], port: 2376 }, [publishing, traefik]).ids).toEqual([]);
  expect(of({ self: [] }).ids).toEqual([]);
});
