import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { importBusybox } from '../../../playground/engine/images.ts';
import { startEngine } from '../../../playground/engine/private-engine.ts';
import { startRegistry } from '../../../playground/engine/registry.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { HostVerdict, Phase } from '../../../src/docker/rollout/types.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, SERVE } from './scene.ts';

/** What goes wrong on a host besides the version itself, in the middle of a rollout. */

async function openShop(...where: Parameters<typeof openScene>) {
  const scene = await openScene(...where);
  onTestFinished(() => scene.close());
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
  const name = uniqueName('shop');
  const always = { HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always' } } };
  const old = await scene.run(name, '1', always);
  return { scene, name, old };
}

type Shop = Awaited<ReturnType<typeof openShop>>;

/** Rolls version 2 out, and does something to the host the moment a phase is journalled. */
async function during({ scene, name }: Shop, at: Phase, trouble: () => unknown): Promise<HostVerdict> {
  const { run } = await prepare(scene, await scene.wanted(name, '2'), {
    journal: async (phase) => {
      if (phase === at) await trouble();
    },
  });
  return runHost(scene.engine, run);
}

async function expectServing({ scene, name }: Shop, id: string | undefined): Promise<void> {
  const now = await scene.inspect(name);
  expect(now).toMatchObject({ Id: id, State: { Running: true }, HostConfig: { RestartPolicy: { Name: 'always' } } });
  const running = Object.entries(await scene.containers(name)).filter(([, state]) => state !== 'exited');
  expect(running).toEqual([[name, 'running']]);
}

describeWithEngine('a registry that goes down', { timeout: 60_000 }, () => {
  it.each(['pull', 'create', 'gate'] as const)('in the phase %s', async (at) => {
    const registry = await startRegistry();
    onTestFinished(() => registry.stop());
    const shop = await openShop(undefined, registry);
    await shop.scene.forget('2');

    const verdict = await during(shop, at, () => registry.stop());

    if (at === 'pull')
      expect(verdict).toMatchObject({
        verdict: 'failed_kept_old',
        phase: 'pull',
        why: expect.stringMatching(
          /^The image could not be pulled\. .*refused.* The old version was never stopped\.$/u,
        ),
        tryThis: 'Check the address and port, and the firewall between them.',
        containerId: shop.old,
      });
    else expect(verdict.verdict).toBe('deployed');
    await expectServing(shop, verdict.containerId);
  });
});

describeWithEngine('an image that somebody removes', { timeout: 60_000 }, () => {
  it.each(['pull', 'create'] as const)('in the phase %s: the old version was never stopped', async (at) => {
    const shop = await openShop();
    const { scene } = shop;
    const gone = (await scene.wanted(shop.name, '2')).image.digest;

    const verdict = await during(shop, at, () =>
      mustCall(scene.socket, 'DELETE', `/images/${scene.repository}@${gone}?force=true`),
    );

    expect(verdict).toMatchObject({ verdict: 'failed_kept_old', phase: at, containerId: shop.old });
    expect(verdict.why).toMatch(/No such image/u);
    expect(verdict.tryThis).not.toBe('');
    await expectServing(shop, shop.old);
  });
});

describeWithEngine('somebody who is at work on the host too', { timeout: 60_000 }, () => {
  const act = ({ scene }: Shop, method: string, path: string) => mustCall(scene.socket, method, `/containers/${path}`);

  it('stops the old version before its turn: that saves a step', async () => {
    const shop = await openShop();

    const verdict = await during(shop, 'create', () => act(shop, 'POST', `${shop.old}/stop`));

    expect(verdict).toMatchObject({ verdict: 'deployed' });
    await expectServing(shop, verdict.containerId);
  });

  it('removes the old version: nothing is left to go back to, and that is said', async () => {
    const shop = await openShop();

    const verdict = await during(shop, 'create', () => act(shop, 'DELETE', `${shop.old}?force=true`));

    expect(verdict).toMatchObject({ verdict: 'needs_attention', why: expect.stringContaining('somebody removed it') });
    expect(await shop.scene.containers(shop.name)).toEqual({});
  });

  it.each([
    ['kills', 'POST', 'kill', /exit code 137/u],
    ['removes', 'DELETE', '?force=true', /somebody removed it/u],
    ['pauses', 'POST', 'pause', /Somebody paused it/u],
  ])('%s the new version while it is watched: the old one serves again', async (_, method, what, why) => {
    const shop = await openShop();
    const path = what.startsWith('?') ? `${shop.name}${what}` : `${shop.name}/${what}`;

    const verdict = await during(shop, 'gate', () => act(shop, method, path));

    expect(verdict).toMatchObject({ verdict: 'rolled_back', phase: 'gate', why: expect.stringMatching(why) });
    await expectServing(shop, shop.old);
  });

  it('takes the name meanwhile: the old version serves under another, and what to type is said', async () => {
    const shop = await openShop();
    const { scene, name, old } = shop;
    onTestFinished(async () => {
      await callEngine(scene.socket, 'DELETE', `/containers/${name}?force=true`);
    });
    const other = { Image: 'busybox:1.0', Cmd: ['true'] };
    const take = () => mustCall(scene.socket, 'POST', `/containers/create?name=${name}`, other);

    const verdict = await during(shop, 'rename-new', take);

    expect(verdict).toMatchObject({
      verdict: 'needs_attention',
      phase: 'rename-new',
      why: expect.stringMatching(
        new RegExp(`Another container has the name ${name}, so the old one runs as ${name}\\.prev-`, 'u'),
      ),
      tryThis: expect.stringContaining(`docker rename ${old.slice(0, 12)} ${name}`),
    });
    expect(await scene.inspect(old)).toMatchObject({
      State: { Running: true },
      HostConfig: { RestartPolicy: { Name: 'always' } },
    });
    expect((await scene.inspect(name)).Config['Image']).toBe('busybox:1.0');
  });
});

/** An engine whose disk can be filled to the last byte. */
async function smallEngine() {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-engine-full-'));
  const data = join(dir, 'data');
  mkdirSync(data);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m,mode=711', 'fairlead', data]);
  const filler = join(data, 'filler');
  const empty = () => rmSync(filler, { force: true });
  const engine = await startEngine({ keptIn: dir });
  onTestFinished(async () => {
    // With what is mounted in it.
    await engine.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  const fill = () => {
    const file = openSync(filler, 'w');
    try {
      for (const chunk of [Buffer.alloc(1 << 20), Buffer.alloc(4096), Buffer.alloc(1)])
        for (let wrote = 1; wrote > 0; ) wrote = tryWrite(file, chunk);
    } finally {
      closeSync(file);
    }
  };
  return { socket: engine.socketPath, fill, empty };
}

function tryWrite(file: number, chunk: Buffer): number {
  try {
    return writeSync(file, chunk);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOSPC') return 0;
    throw error;
  }
}

describeWithEngine('a disk that is full', { timeout: 180_000 }, () => {
  it('in any phase: the old version serves in the end, and where the room is missing is said', async () => {
    const { socket, fill, empty } = await smallEngine();
    await importBusybox(socket, 'busybox:1.0');
    for (const at of IN_WAY) {
      const shop = await openShop(socket);
      await shop.scene.forget('2');

      const verdict = await during(shop, at, fill);

      const isBefore = at === 'pull' || at === 'create' || at === 'stop-old';
      expect(verdict, at).toMatchObject({
        verdict: isBefore ? 'failed_kept_old' : 'rolled_back',
        phase: at === 'gate' ? 'promote' : at,
        why: expect.stringMatching(/no space left on device\. The old version /u),
        tryThis: 'Make room with /dock prune images --on web-1',
        containerId: shop.old,
      });
      await expectServing(shop, shop.old);
      empty();
    }
  });
});

const IN_WAY: readonly Phase[] = ['pull', 'create', 'stop-old', 'rename-old', 'rename-new', 'start', 'gate', 'promote'];
