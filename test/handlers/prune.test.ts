import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import { type PrivateEngine, startEngine } from '../../playground/engine/private-engine.ts';
import { openCore } from '../../src/bot.ts';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import type { PrunedResult } from '../../src/handlers/answer.ts';
import { handle } from '../../src/handlers/pipeline.ts';
import type { PreviewResult } from '../../src/handlers/prune.ts';
import type { Answer } from '../../src/handlers/types.ts';
import { createLog } from '../../src/telemetry.ts';
import { container, describeWithEngine, uniqueName } from '../bed/bed.ts';

// A prune takes what is unused wherever it comes from, so these tests have an engine that is nobody else's.
let engine: PrivateEngine;
beforeAll(async () => {
  if (!inject('bed')) return;
  engine = await startEngine();
  await makeImage(engine.socketPath, 'busybox:1.0');
  // Runs, so that the image stays in use.
  await container(engine.socketPath, { cmd: ['sleep', '600'] });
});
afterAll(() => engine?.stop());

function desk() {
  const config = parseConfig(
    `
slack: { team: T0TEAM }
hosts: { one: { url: "unix://${engine.socketPath}" } }
roles: { operator: { commands: [prune] } }
channels: { C0TEAM: { grants: [ { role: operator, hosts: all } ] } }
`,
    'test.yml',
    {},
  );
  const core = openCore(config, loadEnvironment({ DATABASE_URL: ':memory:' }), createLog('silent'));
  const deps = core.deps({ membership: async () => ({ groups: new Set(), unreadable: new Set() }) });
  const hooks = { signal: new AbortController().signal, accepted() {}, progress() {} };
  return {
    say: (text: string) =>
      handle({ text, person: 'U0DEV1', channel: 'C0TEAM', team: 'T0TEAM', source: 'cli' }, deps, hooks),
    [Symbol.asyncDispose]: () => core.close(),
  };
}

function resultOf<T>(answer: Answer): T {
  if (answer.kind !== 'result') throw new Error(JSON.stringify(answer));
  return answer.result as T;
}

const status = async (path: string) => (await callEngine(engine.socketPath, 'GET', path)).status;

describeWithEngine('prune', () => {
  it('removes unused images it previewed, keeps labelled, used, and since-used ones', async () => {
    await using it = desk();
    const socket = engine.socketPath;
    const [unused, kept, used, later] = ['unused', 'kept', 'used', 'later'].map((name) => `${uniqueName(name)}:1`) as [
      string,
      string,
      string,
      string,
    ];
    for (const name of [unused, used, later]) await makeImage(socket, name);
    await makeImage(socket, kept, ['LABEL fairlead.keep=1']);
    await using _ = await container(socket, { image: used, cmd: ['true'], start: false });

    const preview = resultOf<PreviewResult>(await it.say('prune images -a'));
    const labels = preview.hosts.flatMap((host) => host.candidates.map((item) => item.label));
    await using __ = await container(socket, { image: later, cmd: ['true'], start: false });
    const pruned = resultOf<PrunedResult>(await it.say(`dock approve ${preview.id}`));

    expect(labels).toEqual(expect.arrayContaining([unused, later]));
    expect(labels).not.toContain(kept);
    expect(labels).not.toContain(used);
    expect(pruned.hosts[0]?.kept).toContainEqual({ label: later, why: 'came into use' });
    expect(await status(`/images/${unused}/json`)).toBe(404);
    for (const name of [kept, used, later]) expect(await status(`/images/${name}/json`)).toBe(200);
  });

  it('removes stopped containers and leaves one that was started meanwhile', async () => {
    await using it = desk();
    const socket = engine.socketPath;
    await using stopped = await container(socket, { cmd: ['true'], wait: true });
    await using revived = await container(socket, { cmd: ['sleep', '60'], start: false });

    const preview = resultOf<PreviewResult>(await it.say('prune containers'));
    await mustCall(socket, 'POST', `/containers/${revived.id}/start`);
    const pruned = resultOf<PrunedResult>(await it.say(`dock approve ${preview.id}`));

    expect(preview.hosts[0]?.candidates.map((item) => item.id)).toEqual(
      expect.arrayContaining([stopped.id, revived.id]),
    );
    expect(pruned.hosts[0]?.kept.map((item) => item.why)).toContain('came into use');
    expect((await callEngine(socket, 'GET', `/containers/${stopped.id}/json`)).status).toBe(404);
    expect((await callEngine(socket, 'GET', `/containers/${revived.id}/json`)).text).toContain('"Running":true');
  });

  it('never offers what there is for going back', async () => {
    await using it = desk();
    await using previous = await container(engine.socketPath, {
      name: `${uniqueName('shop')}.prev-01JD`,
      cmd: ['true'],
      start: false,
    });

    const preview = resultOf<PreviewResult>(await it.say('prune containers'));

    expect(preview.hosts.flatMap((host) => host.candidates.map((item) => item.id))).not.toContain(previous.id);
  });

  it('removes unused networks, and no volume that somebody named', async () => {
    await using it = desk();
    const socket = engine.socketPath;
    const named = uniqueName('named');
    const { Id } = JSON.parse(
      await mustCall(socket, 'POST', '/networks/create', { Name: uniqueName('net'), Internal: true }),
    ) as { Id: string };
    await mustCall(socket, 'POST', '/volumes/create', { Name: named });
    const { Name: anonymous } = JSON.parse(await mustCall(socket, 'POST', '/volumes/create', {})) as { Name: string };

    const networks = resultOf<PreviewResult>(await it.say('prune networks'));
    const volumes = resultOf<PreviewResult>(await it.say('prune volumes'));
    await it.say(`dock approve ${networks.id}`);
    await it.say(`dock approve ${volumes.id}`);

    expect(await status(`/networks/${Id}`)).toBe(404);
    expect(await status(`/volumes/${anonymous}`)).toBe(404);
    expect(await status(`/volumes/${named}`)).toBe(200);
    await callEngine(socket, 'DELETE', `/volumes/${named}`);
  });

  it('older-than looks at age, and nothing to do is said without a question', async () => {
    await using it = desk();
    await makeImage(engine.socketPath, `${uniqueName('young')}:1`);

    const preview = resultOf<PreviewResult>(await it.say('prune images -a --older-than 7d'));

    expect(preview.total).toBe(0);
    expect(await it.say(`dock approve ${preview.id}`)).toMatchObject({ kind: 'refused', reason: 'not_found' });
  });
});
