import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ID = `sha256:${'c0ffee'.repeat(10)}abcd`;
const IMAGE = { Id: ID, RepoTags: [], RepoDigests: [], Os: 'linux', Architecture: 'amd64', Size: 1, Created: '' };

/** A stand-in for an engine that has nothing, takes some milliseconds, and counts what is changed on it. */
export interface CountingEngine extends AsyncDisposable {
  readonly socketPath: string;
  /** How often each tag was pulled. */
  readonly pulls: ReadonlyMap<string, number>;
}

export async function countingEngine(afterMs: number): Promise<CountingEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-counting-'));
  const socketPath = join(folder, 'engine.sock');
  const pulls = new Map<string, number>();
  const answers: readonly [RegExp, (query: URLSearchParams) => unknown][] = [
    [/^GET \/version$/u, () => ({ Version: '24.0.0', ApiVersion: '1.43', MinAPIVersion: '1.12', Os: 'linux' })],
    [/^GET \/(?:containers|images)\/json$/u, () => []],
    [/^GET \/images\/.*\/json$/u, () => IMAGE],
    [
      /^POST \/images\/create$/u,
      (query) => {
        const tag = query.get('tag') ?? '';
        pulls.set(tag, (pulls.get(tag) ?? 0) + 1);
        return { status: 'Status: Downloaded newer image' };
      },
    ],
  ];
  const answer = (method: string, url: URL, response: ServerResponse) => {
    const line = `${method} ${url.pathname.replace(/^\/v1\.\d+(?=\/)/u, '')}`;
    const found = answers.find(([route]) => route.test(line));
    const body = found ? found[1](url.searchParams) : { message: `no route for ${line}` };
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  };
  const server = createServer((request, response) => {
    request.resume();
    response.on('error', () => {});
    const url = new URL(request.url ?? '/', 'http://engine');
    setTimeout(() => answer(request.method ?? '', url, response), afterMs);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    pulls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
