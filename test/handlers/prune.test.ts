import { expect, it } from 'vitest';
import { callEngine, mustCall, mustSend } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import { registryAuth } from '../../playground/engine/registry.ts';
import type { PrunedResult } from '../../src/handlers/cleanup/carry-out.ts';
import type { PreviewResult } from '../../src/handlers/cleanup/prune.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { publishImage } from '../bed/publish.ts';
import { openDesk, PERSON, resultOf } from './desk.ts';
import { ownEngine } from './own-engine.ts';

const ownSocket = ownEngine();

const desk = () => openDesk({ one: ownSocket() }, ['prune']);
const status = async (path: string) => (await callEngine(ownSocket(), 'GET', path)).status;

describeWithEngine('prune', () => {
  it('removes unused images it previewed, keeps labelled, used, and since-used ones', async () => {
    await using it = await desk();
    const socket = ownSocket();
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
    expect(pruned.hosts[0]?.kept).toContainEqual(expect.objectContaining({ label: later, reason: 'in_use' }));
    expect(await status(`/images/${unused}/json`)).toBe(404);
    for (const name of [kept, used, later]) expect(await status(`/images/${name}/json`)).toBe(200);
  });

  it('removes an image of several names with all of them, and keeps one that was named anew', async () => {
    await using it = await desk();
    const socket = ownSocket();
    const [gone, named] = [uniqueName('gone'), uniqueName('named')];
    const tag = (name: string, repo: string) =>
      mustCall(socket, 'POST', `/images/${name}:1/tag?repo=${repo}&tag=1`).then(() => `${repo}:1`);
    for (const name of [gone, named]) await makeImage(socket, `${name}:1`, [`LABEL is=${name}`]);
    const others = [
      await tag(gone, uniqueName('other')),
      await tag(gone, uniqueName('third')),
      await tag(named, uniqueName('other')),
    ];

    const preview = resultOf<PreviewResult>(await it.say('prune images -a'));
    const anew = await tag(named, uniqueName('anew'));
    const pruned = resultOf<PrunedResult>(await it.say(`dock approve ${preview.id}`));

    for (const name of [`${gone}:1`, others[0], others[1]]) expect(await status(`/images/${name}/json`)).toBe(404);
    for (const name of [`${named}:1`, others[2], anew]) expect(await status(`/images/${name}/json`)).toBe(200);
    expect(pruned.hosts[0]?.kept.map(({ reason }) => reason)).toContain('renamed');
  });

  it.each([
    ['the same', true],
    ['another', false],
  ])('removes an image pulled by its digest, beside a tag in %s repository, and shows it once', async (_, isSame) => {
    await using it = await desk();
    const socket = ownSocket();
    const { registry } = bed();
    const repository = `${registry.host}/fairlead/${uniqueName('digest')}`;
    const other = uniqueName('other');
    await publishImage(socket, registry, `${repository.slice(registry.host.length + 1)}:1`);
    const pull = (what: string) =>
      mustSend(socket, {
        method: 'POST',
        path: `/images/create?fromImage=${repository}&tag=${what}`,
        headers: registryAuth(registry),
      });
    await pull('1');
    const { Id, RepoDigests } = JSON.parse(await mustCall(socket, 'GET', `/images/${repository}:1/json`)) as {
      Id: string;
      RepoDigests: string[];
    };
    await pull(RepoDigests[0]?.split('@')[1] ?? '');
    if (!isSame) {
      await mustCall(socket, 'POST', `/images/${repository}:1/tag?repo=${other}&tag=1`);
      await mustCall(socket, 'DELETE', `/images/${repository}:1`);
    }

    const preview = resultOf<PreviewResult>(await it.say('prune images -a'));
    const pruned = resultOf<PrunedResult>(await it.say(`dock approve ${preview.id}`));

    expect(preview.hosts[0]?.candidates.filter(({ id }) => id === Id)).toHaveLength(1);
    const names = isSame ? repository : other;
    expect(pruned.hosts[0]?.kept.filter(({ label }) => label.includes(names))).toEqual([]);
    expect(await status(`/images/${Id}/json`)).toBe(404);
  });

  it('removes stopped containers and leaves one that was started meanwhile', async () => {
    await using it = await desk();
    const socket = ownSocket();
    await using stopped = await container(socket, { cmd: ['true'], wait: true });
    await using revived = await container(socket, { cmd: ['sleep', '60'], start: false });

    const preview = resultOf<PreviewResult>(await it.say('prune containers'));
    await mustCall(socket, 'POST', `/containers/${revived.id}/start`);
    const pruned = resultOf<PrunedResult>(await it.say(`dock approve ${preview.id}`));

    expect(preview.hosts[0]?.candidates.map((item) => item.id)).toEqual(
      expect.arrayContaining([stopped.id, revived.id]),
    );
    expect(pruned.hosts[0]?.kept.map(({ reason }) => reason)).toContain('in_use');
    expect((await callEngine(socket, 'GET', `/containers/${stopped.id}/json`)).status).toBe(404);
    expect((await callEngine(socket, 'GET', `/containers/${revived.id}/json`)).text).toContain('"Running":true');
  });

  it('never offers what there is for going back', async () => {
    await using it = await desk();
    await using previous = await container(ownSocket(), {
      name: `${uniqueName('shop')}.prev-01JD`,
      cmd: ['true'],
      start: false,
    });

    const preview = resultOf<PreviewResult>(await it.say('prune containers'));

    expect(preview.hosts.flatMap((host) => host.candidates.map((item) => item.id))).not.toContain(previous.id);
  });

  it('keeps what a deploy has made the way back since the preview, and says so', async () => {
    await using it = await desk();
    const socket = ownSocket();
    const name = uniqueName('shop');
    await using old = await container(socket, { name, cmd: ['true'], start: false });
    const { registry } = bed();
    const image = `${registry.host}/fairlead/${name}`;
    await publishImage(socket, registry, `fairlead/${name}:1`);
    await mustSend(socket, {
      method: 'POST',
      path: `/images/create?fromImage=${image}&tag=1`,
      headers: registryAuth(registry),
    });
    const { RepoDigests } = JSON.parse(await mustCall(socket, 'GET', `/images/${image}:1/json`)) as {
      RepoDigests: string[];
    };
    const digest = RepoDigests[0]?.split('@')[1] ?? '';

    const containers = resultOf<PreviewResult>(await it.say('prune containers'));
    const images = resultOf<PreviewResult>(await it.say('prune images -a'));
    // What a deploy does.
    await mustCall(socket, 'POST', `/containers/${old.id}/rename?name=${name}.prev-01JD`);
    await it.store.versions.record({
      service: name,
      host: 'one',
      repository: image,
      digest,
      tag: '1',
      deployment: 'D1',
      by: PERSON,
      at: Date.now(),
      verdict: 'deployed',
    });
    const ended = [containers, images].map(({ id }) => it.say(`dock approve ${id}`));
    const kept = (await Promise.all(ended)).map((answer) => resultOf<PrunedResult>(answer).hosts[0]?.kept);

    expect(kept[0]).toContainEqual(
      expect.objectContaining({ label: expect.stringContaining(name), reason: 'rollback' }),
    );
    expect(kept[1]).toContainEqual(expect.objectContaining({ label: `${image}:1`, reason: 'rollback' }));
    expect(await status(`/containers/${old.id}/json`)).toBe(200);
    expect(await status(`/images/${image}:1/json`)).toBe(200);
  });

  it('keeps a volume that was made anew since the preview', async () => {
    await using it = await desk();
    const socket = ownSocket();
    const name = uniqueName('anew');
    const make = async () =>
      (JSON.parse(await mustCall(socket, 'POST', '/volumes/create', { Name: name })) as { CreatedAt: string })
        .CreatedAt;
    const first = await make();
    const preview = resultOf<PreviewResult>(await it.say(`prune volumes ${name}`));
    // An engine tells seconds apart, no less.
    do await mustCall(socket, 'DELETE', `/volumes/${name}`);
    while ((await make()) === first);

    const done = resultOf<PrunedResult>(await it.say(`dock approve ${preview.id}`));
    expect(done.hosts).toMatchObject([{ removed: 0, kept: [{ label: name, reason: 'changed' }] }]);
    expect(await status(`/volumes/${name}`)).toBe(200);

    const again = resultOf<PreviewResult>(await it.say(`prune volumes ${name}`));
    await it.say(`dock approve ${again.id}`);
    expect(await status(`/volumes/${name}`)).toBe(404);
  });

  it('removes unused networks, and no volume that somebody named', async () => {
    await using it = await desk();
    const socket = ownSocket();
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
    await using it = await desk();
    await makeImage(ownSocket(), `${uniqueName('young')}:1`);

    const preview = resultOf<PreviewResult>(await it.say('prune images -a --older-than 7d'));

    expect(preview.total).toBe(0);
    expect(await it.say(`dock approve ${preview.id}`)).toMatchObject({ kind: 'refused', reason: 'not_found' });
  });
});
