import type { IncomingMessage } from 'node:http';
import { containerList, created, deleted, inspected, renamed, started, stopped, updated } from './container-routes.ts';
import { type EngineState, Refused } from './engine-state.ts';
import type { Answered, Asked } from './exchange.ts';
import { distribution, imageInspected, imageList, pulled, tagged } from './image-routes.ts';

type Route = (asked: Asked) => Answered;

const ok = (body: unknown): Answered => ({ status: 200, body });

/** The engine API's paths that stand-ins know, with the query parameters that the documentation names. */
const ROUTES: readonly (readonly [method: string, path: RegExp, queries: readonly string[], route: Route])[] = [
  ['GET', /^\/version$/u, [], () => ok(VERSION)],
  ['GET', /^\/info$/u, [], ({ state }) => ok(infoOf(state))],
  [
    'GET',
    /^\/system\/df$/u,
    ['type', 'verbose'],
    () => ok({ LayersSize: 4_000_000, Images: [], Containers: [], Volumes: [], BuildCache: [] }),
  ],
  ['GET', /^\/containers\/json$/u, ['all', 'limit', 'size', 'filters'], containerList],
  ['GET', /^\/containers\/([0-9a-f]{64})\/json$/u, ['size'], inspected],
  [
    'GET',
    /^\/containers\/([0-9a-f]{64})\/logs$/u,
    ['follow', 'stdout', 'stderr', 'since', 'until', 'timestamps', 'tail'],
    () => ({ status: 200 }),
  ],
  ['POST', /^\/containers\/create$/u, ['name', 'platform'], created],
  ['POST', /^\/containers\/([0-9a-f]{64})\/start$/u, ['detachKeys'], started],
  ['POST', /^\/containers\/([0-9a-f]{64})\/stop$/u, ['signal', 't'], stopped],
  ['POST', /^\/containers\/([0-9a-f]{64})\/rename$/u, ['name'], renamed],
  ['POST', /^\/containers\/([0-9a-f]{64})\/update$/u, [], updated],
  ['DELETE', /^\/containers\/([0-9a-f]{64})$/u, ['v', 'force', 'link'], deleted],
  ['GET', /^\/images\/json$/u, ['all', 'filters', 'shared-size', 'digests', 'manifests'], imageList],
  ['GET', /^\/images\/(.+)\/json$/u, ['manifests', 'platform'], imageInspected],
  ['POST', /^\/images\/(.+)\/tag$/u, ['repo', 'tag'], tagged],
  ['POST', /^\/images\/create$/u, ['fromImage', 'tag', 'platform', 'fromSrc', 'repo', 'message', 'changes'], pulled],
  ['GET', /^\/distribution\/(.+)\/json$/u, [], distribution],
  ['GET', /^\/networks$/u, ['filters'], () => ok(NETWORKS)],
  ['GET', /^\/volumes$/u, ['filters'], () => ok({ Volumes: [], Warnings: null })],
  ['GET', /^\/events$/u, ['since', 'until', 'filters'], () => ({ status: 200 })],
];

/** Answers one request as an engine with API 1.43 would; throws `Refused`. */
export function answerTo(state: EngineState, { method = '', url = '' }: IncomingMessage, text: string): Answered {
  const { pathname, searchParams } = new URL(url, 'http://engine');
  const version = /^\/v1\.(\d+)(?=\/)/u.exec(pathname);
  const minor = Number(version?.[1] ?? 43);
  if (minor > 43) throw new Refused(400, `client version 1.${minor} is too new. Maximum supported API version is 1.43`);
  const path = pathname.slice(version?.[0].length ?? 0);
  for (const [verb, pattern, queries, route] of ROUTES) {
    const found = verb === method ? pattern.exec(path) : undefined;
    if (!found) continue;
    // An engine ignores what it does not know; a stand-in would hide a misspelt parameter.
    for (const name of searchParams.keys())
      if (!queries.includes(name)) throw new Refused(400, `the stand-in has no parameter ${name} at ${path}`);
    return route({ state, query: searchParams, part: decodeURIComponent(found[1] ?? ''), body: bodyOf(text) });
  }
  throw new Refused(404, 'page not found');
}

function bodyOf(text: string): Asked['body'] {
  return text === '' ? {} : (JSON.parse(text) as Asked['body']);
}

const VERSION = {
  Version: '24.0.7',
  ApiVersion: '1.43',
  MinAPIVersion: '1.12',
  Os: 'linux',
  Arch: 'amd64',
  Components: [{ Name: 'Engine', Version: '24.0.7' }],
};

const NETWORKS = ['bridge', 'host', 'none'].map((name) => ({
  Id: name.padEnd(64, '0'),
  Name: name,
  Driver: name === 'none' ? 'null' : name,
  Created: '2026-01-01T00:00:00Z',
  Labels: {},
  Containers: {},
}));

function infoOf({ name, containers, images }: EngineState) {
  const running = [...containers.values()].filter(({ status }) => status === 'running').length;
  return {
    Name: name,
    Containers: containers.size,
    ContainersRunning: running,
    ContainersPaused: 0,
    ContainersStopped: containers.size - running,
    Images: images.size,
    NCPU: 4,
    MemTotal: 8_000_000_000,
    DockerRootDir: '/var/lib/docker',
    SystemTime: new Date().toISOString(),
    Architecture: 'x86_64',
    Swarm: { LocalNodeState: 'inactive' },
    Warnings: null,
  };
}
