import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { candidates, neededNow } from '../../../src/handlers/cleanup/plan.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, type Scene, SERVE } from './scene.ts';

let scene: Scene;
let digest: string;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  digest = await scene.publish('1', [SERVE]);
});
afterAll(() => scene?.close());

/** An engine as it is reached from within that container; `tcp` as through a proxy at that address. */
function engineOf(self: string, tcp?: { host: string; port: number }): Engine {
  const engine = connectEngine({ kind: 'unix', socketPath: scene.socket }, {}, [self]);
  return tcp ? { ...engine, reach: { ...engine.reach, ...tcp, isLocal: false } } : engine;
}
const conflicts = async (engine: Engine, name: string, volumes: string[] = []) =>
  (await planHost(engine, 'web-1', await scene.wanted(name, '1', { overrides: { volumes } }))).conflicts;
const prune = (what: 'containers' | 'volumes', names: string[] = []) => ({
  args: { what, names, all: false, olderThan: undefined },
  now: Date.now() + 1000,
  signal: new AbortController().signal,
  verified: new Set<string>(),
});

describeWithEngine('Fairlead’s own containers, volumes and folders', () => {
  it('are never deployed or mounted elsewhere, whatever their names', async () => {
    const [name, data, files] = [uniqueName('shop'), uniqueName('data'), mkdtempSync('/tmp/fairleads-')];
    const own = await scene.run(name, '1', {
      HostConfig: { NetworkMode: 'none', Binds: [`${data}:/data`, `${files}:/config:ro`] },
    });
    await using _ = {
      [Symbol.asyncDispose]: async () => void (await callEngine(scene.socket, 'DELETE', `/volumes/${data}?force=1`)),
    };
    const other = uniqueName('web');
    await scene.run(other, '1');
    const engine = engineOf(own);

    expect((await conflicts(engine, name))[0]).toMatch(new RegExp(`^${name} .*Fairlead`, 'u'));
    expect(await conflicts(engine, other, [`${data}:/x`])).toEqual([
      expect.stringMatching(new RegExp(`${data} .*Fairlead`, 'u')),
    ]);
    for (const folder of [files, '/tmp', `${files}/certs`])
      expect(await conflicts(engine, other, [`${folder}:/x`])).toEqual([expect.stringContaining(` ${folder} `)]);
    expect(await conflicts(engine, other, [`${files}more:/x`])).toEqual([]);
    expect((await conflicts(engineOf(own.slice(0, 12)), name))[0]).toContain('Fairlead');
    rmSync(files, { recursive: true });
    // Of another container's point of view it is one as any.
    expect(await conflicts(connectEngine({ kind: 'unix', socketPath: scene.socket }, {}, []), name)).toEqual([]);
  });

  it('include the socket proxy, found by mount and network, not by name', async () => {
    const network = uniqueName('net');
    const { Id } = JSON.parse(await mustCall(scene.socket, 'POST', '/networks/create', { Name: network })) as {
      Id: string;
    };
    const [bot, proxy, bystander] = [uniqueName('bot'), uniqueName('innocent'), uniqueName('traefik')];
    const own = await scene.run(bot, '1', { HostConfig: { NetworkMode: network } });
    const socket = ['/var/run/docker.sock:/var/run/docker.sock:ro'];
    // Started, an engine makes a folder where there is no socket.
    const make = (name: string, NetworkMode: string) =>
      mustCall(scene.socket, 'POST', `/containers/create?name=${name}`, {
        Image: `${scene.repository}@${digest}`,
        HostConfig: { NetworkMode, Binds: socket },
      });
    await make(proxy, network);
    await make(bystander, 'none');

    const engine = engineOf(own, { host: 'docker', port: 2375 });
    const mine = async (name: string) => (await conflicts(engine, name)).some((text) => text.includes('Fairlead'));
    expect(await mine(proxy)).toBe(true);
    expect(await mine(bystander)).toBe(false);
    const named = engineOf(own, { host: proxy, port: 2375 });
    expect((await conflicts(named, proxy)).join()).toMatch(new RegExp(`${proxy} .*Fairlead`, 'u'));
    for (const name of [bot, proxy, bystander]) await mustCall(scene.socket, 'DELETE', `/containers/${name}?force=1`);
    await mustCall(scene.socket, 'DELETE', `/networks/${Id}`);
  });

  it('are not pruned, neither in the preview nor later', async () => {
    const [name, data] = [uniqueName('bot'), uniqueName('data')];
    const own = await scene.run(name, '1', { HostConfig: { NetworkMode: 'none', Binds: [`${data}:/data`] } });
    await mustCall(scene.socket, 'POST', `/containers/${name}/kill`);
    await expect
      .poll(async () => JSON.parse(await mustCall(scene.socket, 'GET', `/containers/${name}/json`)).State.Running)
      .toBe(false);
    const others = connectEngine({ kind: 'unix', socketPath: scene.socket }, {}, []);

    expect((await candidates(others, prune('containers'))).map(({ id }) => id)).toContain(own);
    expect((await candidates(engineOf(own), prune('containers'))).map(({ id }) => id)).not.toContain(own);
    expect((await neededNow(engineOf(own), prune('containers'))).get(own)).toBe('own');
    expect((await neededNow(engineOf(own), prune('volumes'))).get(data)).toBe('own');
    await mustCall(scene.socket, 'DELETE', `/containers/${name}?force=1`);
    await mustCall(scene.socket, 'DELETE', `/volumes/${data}?force=1`);
  });

  it('another repository inherits no risk; the same one does, known by its digest too', async () => {
    const name = uniqueName('risky');
    await scene.run(name, '1', { HostConfig: { NetworkMode: 'none', UTSMode: 'host' } });
    const wanted = await scene.wanted(name, '1');
    const other = { ...wanted, image: { ...wanted.image, repository: 'docker.io/mallory/miner' } };
    const risk = async (it: typeof wanted) =>
      (await planHost(scene.engine, 'web-1', it)).risks.find(({ kind }) => kind === 'host-namespace')?.inherited;

    expect(await risk(wanted)).toBe(true);
    expect(await risk(other)).toBe(false);
    expect(digest).toMatch(/^sha256:/u);
  });
});
