import { expect, it } from 'vitest';
import { mustSend } from '../../playground/engine/api.ts';
import { registryAuth } from '../../playground/engine/registry.ts';
import type { PlannedResult } from '../../src/handlers/deploy/put.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { publishImage } from '../bed/publish.ts';
import { openDesk, PERSON, resultOf } from './desk.ts';

const digest = (beginning: string) => `sha256:${beginning.padEnd(64, '0')}`;
/** Tags of versions that were verified, each with its digest, the newest first. */
const VERIFIED: readonly (readonly [tag: string, digest: string])[] = [
  ['9', digest('2b4c6d8e')],
  ['8', digest('9afeedaa')],
  ['7', digest('2b4c6d8f')],
  ['1234567', digest('8b')],
  ['6', digest('1234567a')],
];

/** A desk with those versions, and a way to ask which of them one means. */
async function rollbacks() {
  const desk = await openDesk({ one: bed().sockets[0] as string }, ['rollback'], {
    services: { shop: { image: 'registry.test/shop', hosts: 'all', container: { memory: '32m' } } },
  });
  for (const [index, [tag, of]] of VERIFIED.entries())
    await desk.store.versions.record({
      service: 'shop',
      host: 'one',
      repository: 'registry.test/shop',
      digest: of,
      tag,
      deployment: 'D1',
      by: PERSON,
      at: 100 - index,
      verdict: 'deployed',
    });
  const to = (typed: string) => desk.say(`/rollback shop --to ${typed} --plan`);
  const tagOf = async (typed: string) => resultOf<PlannedResult>(await to(typed)).plan.image.tag;
  return { to, tagOf, [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose]() };
}

describeWithEngine('going back to', () => {
  it('a tag means that tag, whatever digests begin like it', async () => {
    await using it = await rollbacks();
    expect(await it.tagOf('9')).toBe('9');
    expect(await it.tagOf('1234567')).toBe('1234567');
  });

  it('a tag that never was is not the beginning of a digest', async () => {
    await using it = await rollbacks();
    for (const typed of ['2', '2b', '2b4c6d', 'sha256:2b4c'])
      expect(await it.to(typed)).toMatchObject({ kind: 'refused', reason: 'not_found' });
  });

  it('a digest may be said by its beginning, from seven digits on', async () => {
    await using it = await rollbacks();
    expect(await it.tagOf('9afeeda')).toBe('8');
    expect(await it.tagOf('sha256:2b4c6d8f00')).toBe('7');
    expect(await it.tagOf(digest('2b4c6d8e'))).toBe('9');
    expect(await it.to('2b4c6d8')).toMatchObject({ kind: 'refused', text: '`2b4c6d8` is the beginning of 2 digests.' });
  });

  it('a version that is only in the registry is offered as a deploy', async () => {
    const socket = bed().sockets[0] as string;
    const { host, username, password } = bed().registry;
    const repository = `rollback/${uniqueName('shop')}`;
    await publishImage(socket, bed().registry, `${repository}:1.3.0`);
    await using desk = await openDesk({ one: socket }, ['rollback'], {
      registries: { [host]: { username, password } },
      services: { shop: { image: `${host}/${repository}`, hosts: 'all' } },
    });
    const hintOf = async (version: string) => JSON.stringify(await desk.say(`/rollback shop ${version}`));
    expect(await hintOf('1.3.0')).toContain('deploy shop 1.3.0');
    expect(await hintOf('v1.3.0')).toContain('tags shop');
    expect(await hintOf('v1.3.0')).not.toContain('deploy shop');
  });

  it('a version that runs already without a record is not offered as a deploy', async () => {
    const socket = bed().sockets[0] as string;
    const { host, username, password } = bed().registry;
    const [image, name] = [`${host}/rollback/${uniqueName('shop')}`, uniqueName('shop')];
    await publishImage(socket, bed().registry, `${image.slice(host.length + 1)}:1.3.0`);
    const query = new URLSearchParams({ fromImage: image, tag: '1.3.0' });
    await mustSend(socket, { method: 'POST', path: `/images/create?${query}`, headers: registryAuth(bed().registry) });
    await using _ = await container(socket, { name, image: `${image}:1.3.0`, cmd: ['sleep', '600'] });
    await using desk = await openDesk({ one: socket }, ['rollback'], {
      registries: { [host]: { username, password } },
      services: { shop: { image, hosts: 'all', container: { name } } },
    });
    expect(await desk.say('/rollback shop 1.3.0')).toMatchObject({ kind: 'refused', reason: 'unchanged' });
  });
});
