import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { HostFailure } from '../../src/handlers/request.ts';
import { fakeEngine, json } from '../docker/fake-engine.ts';
import { CHANNEL, openDesk, resultOf } from './desk.ts';

const NAME = 'no-such-host.invalid';
const DIGEST = `sha256:${'d1'.repeat(32)}`;

/** The host `near`, and two whose names DNS does not have. */
async function hosts() {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-names-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', file('key')]);
  writeFileSync(file('known_hosts'), `${NAME} ${readFileSync(file('key.pub'), 'utf8')}`);
  const engine = await fakeEngine({
    'GET /containers/json': json([]),
    'GET /images/json': json([]),
    'GET /info': json({}),
    'GET /networks': json([]),
    'GET /volumes': json({ Volumes: [] }),
    'GET /distribution/docker.io/library/shop%3A1.0.0/json': json({ Descriptor: { digest: DIGEST }, Platforms: [] }),
  });
  const config = {
    hosts: {
      near: { url: `unix://${engine.socketPath}` },
      lost: { url: `tcp://${NAME}:2376`, insecure: true },
      'lost-ssh': { url: `ssh://deploy@${NAME}`, knownHosts: file('known_hosts'), identity: file('key') },
    },
    services: {
      shop: { image: 'docker.io/library/shop', hosts: 'all', container: { name: 'shop' } },
    },
    channels: { [CHANNEL]: { grants: [{ role: 'operator', hosts: 'all' }] } },
  };
  const desk = await openDesk({}, ['ps', 'deploy', 'pull'], config);
  return {
    desk,
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

const unresolved = (host: string) => ({
  host,
  summary: 'Not reachable: its name cannot be resolved.',
  engineSaid: expect.stringContaining(`getaddrinfo ENOTFOUND ${NAME}`),
  tryThis: `Check the name in the address of ${host} in the config, and DNS where Fairlead runs.`,
});

it.each(['/ps --on all', '/dock hosts', '/pull docker.io/library/shop:1 --on all'])(
  '%s says which hosts have names that DNS does not know, and answers for the others',
  async (line) => {
    await using it = await hosts();
    const result = resultOf<{ readonly ms: number; readonly failures: readonly HostFailure[] }>(
      await it.desk.say(line),
    );

    const lost = result.failures.filter(({ host }) => host !== 'near');
    expect(lost).toMatchObject([unresolved('lost'), unresolved('lost-ssh')]);
    // A host that does not answer takes five seconds: the resolver said at once that there is none.
    expect(result.ms).toBeLessThan(4000);
  },
);

it('a deploy is not requested while the name of one of its hosts is not known', async () => {
  await using it = await hosts();

  const answer = await it.desk.say('/deploy shop 1.0.0');
  expect(answer).toMatchObject({ kind: 'refused', reason: 'unreachable' });
  expect(JSON.stringify(answer)).toContain('lost: Not reachable: its name cannot be resolved.');
  expect(JSON.stringify(answer)).toContain('--on near');
});
