import { expect, it } from 'vitest';
import { makeImage } from '../../playground/engine/images.ts';
import type { TagAsked, Tagged } from '../../src/handlers/images/tagging/types.ts';
import { bed, container, describeWithEngine, engineApi, uniqueName } from '../bed/bed.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

const OLI = 'U0OPS1';
const RULE = {
  groups: { oncall: { people: [OLI] } },
  approvals: [{ commands: ['tag'], hosts: 'all', from: ['oncall'] }],
};

const desk = (more = {}): Promise<Desk> => {
  const [one = '', two = ''] = bed().sockets;
  return openDesk({ 'staging-1': one, 'web-1': two }, ['tag'], more);
};

const idOf = async (name: string, socket = bed().sockets[0] ?? ''): Promise<string | undefined> => {
  const { status, json } = await engineApi(socket, 'GET', `/images/${name}/json`);
  return status === 200 ? (json() as { Id: string }).Id : undefined;
};

/** An image of its own on the first host. */
async function anImage(repository: string, tag: string): Promise<string> {
  await makeImage(bed().sockets[0] ?? '', `${repository}:${tag}`, ['CMD ["sleep", "60"]']);
  return (await idOf(`${repository}:${tag}`)) ?? '';
}

describeWithEngine('/tag on hosts', () => {
  it('tags on the host that has the image, as docker does, and gives the way back', async () => {
    await using it = await desk();
    const name = uniqueName('shop');
    const [old, id] = [await anImage(name, 'stable'), await anImage(name, '1.4.2')];

    const tagged = resultOf<Tagged>(await it.say(`/tag ${name}:1.4.2 ${name}:stable`));

    expect(tagged).toMatchObject({
      where: 'hosts',
      hosts: [{ host: 'staging-1', state: 'tagged', digest: id, before: old }],
      failures: [],
    });
    expect(await idOf(`${name}:stable`)).toBe(id);
    expect(await idOf(`${name}:stable`, bed().sockets[1])).toBeUndefined();
    const [{ back } = { back: '' }] = tagged.hosts;
    expect(resultOf<Tagged>(await it.say(`/${back}`)).hosts).toMatchObject([{ digest: old, before: id }]);
    expect(resultOf<Tagged>(await it.say(`/${back}`)).hosts).toMatchObject([{ state: 'unchanged' }]);
  });

  it('takes an id, in full or its first digits', async () => {
    await using it = await desk();
    const name = uniqueName('shop');
    const id = await anImage(name, '1.0.0');

    for (const [typed, tag] of [
      [id, 'a'],
      [id.slice(7), 'b'],
      [id.slice(7, 19), 'c'],
    ])
      expect(resultOf<Tagged>(await it.say(`/tag ${typed} ${name}:${tag} @staging-1`)).hosts).toMatchObject([
        { digest: id },
      ]);
    expect(await idOf(`${name}:c`)).toBe(id);
  });

  it('asks which host where several have the image, and takes all that are named', async () => {
    await using it = await desk();
    const name = uniqueName('shop');

    expect(await it.say(`/tag busybox:1.0 ${name}:1`)).toMatchObject({
      reason: 'ambiguous',
      choices: [{ label: 'staging-1' }, { label: 'web-1' }],
    });
    expect(resultOf<Tagged>(await it.say(`/tag busybox:1.0 ${name}:1 --on all`)).hosts).toMatchObject([
      { host: 'staging-1', state: 'tagged' },
      { host: 'web-1', state: 'tagged' },
    ]);
  });

  it('of an image that is not there names the nearest, and changes no host where one of two lacks it', async () => {
    await using it = await desk();
    const name = uniqueName('shop');
    await anImage(name, '1.0.0');

    expect(await it.say(`/tag ${name}:1.0.1 ${name}:x`)).toMatchObject({
      reason: 'not_found',
      hint: expect.stringContaining(`${name}:1.0.0`),
    });
    expect(await it.say(`/tag ${name}:1.0.0 ${name}:x --on all`)).toMatchObject({ reason: 'not_found' });
    expect(await idOf(`${name}:x`)).toBeUndefined();
  });

  it('gives neither a release away nor a name that is in use', async () => {
    await using it = await desk();
    const name = uniqueName('shop');
    const [release, moving] = [await anImage(name, '1.4.0'), await anImage(name, 'stable')];
    await anImage(name, 'evil');
    await using user = await container(bed().sockets[0] ?? '', { image: `${name}:stable`, cmd: ['sleep', '60'] });

    for (const [tag, word] of [
      ['1.4.0', 'release'],
      ['stable', user.name],
    ])
      expect(await it.say(`/tag ${name}:evil ${name}:${tag}`)).toMatchObject({
        reason: 'guardrail',
        text: expect.stringContaining(word ?? ''),
        choices: expect.arrayContaining([
          { label: 'Ask to replace it', line: `tag ${name}:evil ${name}:${tag} --force` },
        ]),
      });
    expect(await it.say(`/tag ${name}:evil ${name}:stable --force`)).toMatchObject({ reason: 'not_configured' });
    expect([await idOf(`${name}:1.4.0`), await idOf(`${name}:stable`)]).toEqual([release, moving]);
  });

  it('gives no image the name of a service that it is not of', async () => {
    const [own, other] = [uniqueName('shop'), uniqueName('evil')];
    await using it = await desk({ services: { shop: { image: own, hosts: 'all' } }, ...RULE });
    await anImage(own, '1.4.0');
    await anImage(other, '1');

    expect(await it.say(`/tag ${other}:1 ${own}:1.4.1`)).toMatchObject({
      reason: 'guardrail',
      text: expect.stringContaining('repository of a service'),
    });
    expect(await idOf(`${own}:1.4.1`)).toBeUndefined();
    // Its own image may have a further name, once that is approved as the rule says.
    const { plan } = resultOf<TagAsked>(await it.say(`/tag ${own}:1.4.0 ${own}:1.4`));
    expect(plan.hosts).toMatchObject([{ why: [] }]);
  });

  it('gives an image that is not allowed no name that is', async () => {
    const [own, other] = [uniqueName('shop'), uniqueName('evil')];
    await using it = await desk({ images: { allow: [`docker.io/library/${own}`] } });
    const id = await anImage(other, '1');
    await anImage(own, '1');

    for (const line of [`${other}:1 ${own}:2`, `${id.slice(7, 19)} ${own}:2`, `${own}:1 ${other}:2`])
      expect(await it.say(`/tag ${line}`)).toMatchObject({ reason: 'image_not_allowed' });
    expect(resultOf<Tagged>(await it.say(`/tag ${own}:1 ${own}:2`)).hosts).toMatchObject([{ state: 'tagged' }]);
  });

  it('replaces a release when somebody else approved it, unless it moved meanwhile', async () => {
    await using it = await desk(RULE);
    const name = uniqueName('shop');
    const [old, id, third] = [await anImage(name, '1.4.0'), await anImage(name, 'fixed'), await anImage(name, 'other')];
    const line = `/tag ${name}:fixed ${name}:1.4.0 --force @staging-1`;

    const stale = resultOf<TagAsked>(await it.say(line));
    expect(stale.plan).toMatchObject({ hosts: [{ host: 'staging-1', imageId: id, before: old }] });
    await engineApi(bed().sockets[0] ?? '', 'POST', `/images/${third}/tag?repo=${name}&tag=1.4.0`);
    expect(await it.say(`/dock approve ${stale.id}`, OLI)).toMatchObject({ reason: 'conflict' });

    const asked = resultOf<TagAsked>(await it.say(line));
    expect(await it.say(`/dock approve ${asked.id}`)).toMatchObject({ reason: 'not_permitted' });
    expect(resultOf<Tagged>(await it.say(`/dock approve ${asked.id}`, OLI)).hosts).toMatchObject([
      { state: 'tagged', digest: id, before: third },
    ]);
    expect(await idOf(`${name}:1.4.0`)).toBe(id);
  });
});
