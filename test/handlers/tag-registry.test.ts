import { describe, expect, it } from 'vitest';
import type { TagAsked, Tagged, TagOffers } from '../../src/handlers/images/tagging/types.ts';
import { image, type MemoryRegistry, memoryRegistry, multiPlatform } from '../registry/memory-registry.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

const OLI = 'U0OPS1';
const RULE = [{ commands: ['tag'], hosts: 'web-1', from: ['oncall'] }];

/** Two hosts that do not answer: nothing of a tag in a registry needs them. */
const deskAt = ({ host }: MemoryRegistry, more = {}): Promise<Desk> =>
  openDesk({ 'staging-1': '/nowhere/1.sock', 'web-1': '/nowhere/2.sock' }, ['tag'], {
    registries: { [host]: {} },
    images: { allow: [`${host}/**`], push: [`${host}/prod/*`, `${host}/staging/*`] },
    groups: { oncall: { people: [OLI] } },
    ...more,
  });

describe('/tag in a registry', () => {
  it('promotes by both names, and gives the way back', async () => {
    await using registry = await memoryRegistry();
    await using desk = await deskAt(registry);
    const { host } = registry;
    const old = image(registry, 'prod/shop', 'zero', 'stable');
    const { digest } = multiPlatform(registry, 'staging/shop', 'one', '1.4.2');

    const tagged = resultOf<Tagged>(await desk.say(`/tag ${host}/staging/shop:1.4.2 ${host}/prod/shop:stable`));

    const back = `tag ${host}/prod/shop@${old.digest} ${host}/prod/shop:stable`;
    expect(tagged).toMatchObject({
      where: 'registry',
      hosts: [{ host, state: 'tagged', digest, before: old.digest, back }],
      promotion: { ok: true, way: 'blobs', mounted: 6 },
      failures: [],
    });
    expect(tagged.warnings).toHaveLength(1);
    expect(resultOf<Tagged>(await desk.say(`/${back}`)).hosts).toMatchObject([{ digest: old.digest, before: digest }]);
    expect(registry.tags.get('prod/shop:stable')).toBe(old.digest);
  });

  it('says what is so already, and changes nothing', async () => {
    await using registry = await memoryRegistry();
    await using desk = await deskAt(registry);
    const { digest } = image(registry, 'prod/shop', 'one', '1.4.2');
    registry.tags.set('prod/shop:1.4.3', digest);

    const line = `/tag ${registry.host}/prod/shop:1.4.2 ${registry.host}/prod/shop:1.4.3`;

    expect(resultOf<Tagged>(await desk.say(line)).hosts).toMatchObject([{ state: 'unchanged', back: undefined }]);
    expect(registry.asked.filter((asked) => /^(?:PUT|POST)/u.test(asked))).toEqual([]);
  });

  it.each(['prod/shop:1.4.2', 'prod/shop:1.4.2 HOST/prod/shop', 'prod/shop:1.4.2 HOST/prod/shop:1.4.2'])(
    'offers the next versions for %s, as lines that set them',
    async (names) => {
      await using registry = await memoryRegistry();
      await using desk = await deskAt(registry);
      const { digest } = image(registry, 'prod/shop', 'one', '1.4.2');
      registry.tags.set('prod/shop:1.4.3', digest);

      const { offers } = resultOf<TagOffers>(
        await desk.say(`/tag ${registry.host}/${names.replace('HOST', registry.host)}`),
      );

      expect(offers.map(({ tag }) => tag)).toEqual(['1.4.4', '1.5.0', '2.0.0']);
      expect(resultOf<Tagged>(await desk.say(`/${offers[1]?.line}`)).hosts).toMatchObject([{ state: 'tagged' }]);
      expect(registry.tags.get('prod/shop:1.5.0')).toBe(digest);
    },
  );

  it('refuses to replace a release, with the next versions and the line that asks', async () => {
    await using registry = await memoryRegistry();
    await using desk = await deskAt(registry, { approvals: RULE });
    const { host } = registry;
    const old = image(registry, 'prod/shop', 'zero', 'v1.0.0');
    image(registry, 'staging/shop', 'one', 'next');
    const line = `tag ${host}/staging/shop:next ${host}/prod/shop:v1.0.0`;

    const refused = await desk.say(`/${line}`);

    const to = (version: string) => ({
      label: version,
      line: `tag ${host}/staging/shop:next ${host}/prod/shop:${version}`,
    });
    expect(refused).toMatchObject({
      kind: 'refused',
      reason: 'guardrail',
      choices: [to('v1.0.1'), to('v1.1.0'), to('v2.0.0'), { line: `${line} --force` }],
    });
    expect(registry.tags.get('prod/shop:v1.0.0')).toBe(old.digest);
  });

  it('replaces no release where nobody approves it', async () => {
    await using registry = await memoryRegistry();
    await using desk = await deskAt(registry);
    image(registry, 'prod/shop', 'zero', '1.0.0');
    image(registry, 'staging/shop', 'one', 'next');

    const line = `/tag ${registry.host}/staging/shop:next ${registry.host}/prod/shop:1.0.0 --force`;

    expect(await desk.say(line)).toMatchObject({ kind: 'refused', reason: 'not_configured' });
  });

  it('replaces a release once somebody else approved exactly that', async () => {
    await using registry = await memoryRegistry();
    await using desk = await deskAt(registry, { approvals: RULE });
    const { host } = registry;
    const old = image(registry, 'prod/shop', 'zero', '1.0.0');
    const { digest } = image(registry, 'staging/shop', 'one', 'next');
    const line = `/tag ${host}/staging/shop:next ${host}/prod/shop:1.0.0 --force`;

    const asked = resultOf<TagAsked>(await desk.say(line));

    expect(asked.plan).toMatchObject({ kind: 'registry', digest, before: old.digest });
    expect(registry.tags.get('prod/shop:1.0.0')).toBe(old.digest);
    expect(await desk.say(`/dock approve ${asked.id}`)).toMatchObject({ kind: 'refused', reason: 'not_permitted' });
    expect(resultOf<Tagged>(await desk.say(`/dock approve ${asked.id}`, OLI))).toMatchObject({
      hosts: [{ state: 'tagged', digest, before: old.digest }],
      requestedBy: 'U0DEV1',
      answeredBy: OLI,
    });
    expect(registry.tags.get('prod/shop:1.0.0')).toBe(digest);
    expect(await desk.say(`/dock approve ${asked.id}`, OLI)).toMatchObject({ reason: 'already_decided' });
  });

  it.each(['staging/shop:next', 'prod/shop:1.0.0'])('does nothing approved when %s moved meanwhile', async (moved) => {
    await using registry = await memoryRegistry();
    await using desk = await deskAt(registry, { approvals: RULE });
    const { host } = registry;
    image(registry, 'prod/shop', 'zero', '1.0.0');
    image(registry, 'staging/shop', 'one', 'next');
    const asked = resultOf<TagAsked>(await desk.say(`/tag ${host}/staging/shop:next ${host}/prod/shop:1.0.0 --force`));
    const [repository = '', tag = ''] = moved.split(':');
    const other = image(registry, repository, 'other', tag);

    expect(await desk.say(`/dock approve ${asked.id}`, OLI)).toMatchObject({ kind: 'refused', reason: 'conflict' });
    expect(registry.tags.get(moved)).toBe(other.digest);
    expect(registry.asked.some((line) => line.startsWith('PUT'))).toBe(false);
  });

  it.each([
    ['a repository that may not be pushed to', 'staging/shop:1.4.2', 'other/shop:1.4.2', 'image_not_allowed'],
    ['an image that is not there', 'staging/shop:9.9.9', 'prod/shop:1.4.2', 'not_found'],
  ])('refuses %s', async (_, source, target, reason) => {
    await using registry = await memoryRegistry();
    await using desk = await deskAt(registry);
    image(registry, 'staging/shop', 'one', '1.4.2');
    const { host } = registry;

    expect(await desk.say(`/tag ${host}/${source} ${host}/${target}`)).toMatchObject({ kind: 'refused', reason });
    expect(registry.asked.some((line) => line.startsWith('PUT'))).toBe(false);
  });

  it('refuses everything where the config names no repository, and a source that is not allowed', async () => {
    await using registry = await memoryRegistry();
    const { host } = registry;
    await using none = await deskAt(registry, { images: { allow: ['**'] } });
    await using few = await deskAt(registry, { images: { allow: [`${host}/prod/*`], push: [`${host}/**`] } });
    image(registry, 'staging/shop', 'one', '1.4.2');

    const line = `/tag ${host}/staging/shop:1.4.2 ${host}/prod/shop:1.4.2`;

    expect(await none.say(line)).toMatchObject({ reason: 'image_not_allowed', hint: expect.stringContaining('push:') });
    expect(await few.say(line)).toMatchObject({ reason: 'image_not_allowed' });
  });

  it('takes a bare version for the mistake it is', async () => {
    await using registry = await memoryRegistry();
    await using desk = await deskAt(registry);
    const { host } = registry;

    expect(await desk.say(`/tag ${host}/prod/shop:1.4.2 1.4.3`)).toMatchObject({
      kind: 'refused',
      reason: 'bad_input',
      choices: [{ label: '1.4.3', line: `tag ${host}/prod/shop:1.4.2 ${host}/prod/shop:1.4.3` }],
    });
  });

  it('says what the registry refused, with its words, and what the tag still is', async () => {
    await using registry = await memoryRegistry({
      fault(request, response) {
        if (request.method !== 'PUT') return false;
        const message = "Failed to process request due to 'shop:2.0.0' configured as immutable.";
        response.writeHead(412).end(JSON.stringify({ errors: [{ code: 'PRECONDITION', message }] }));
        return true;
      },
    });
    await using desk = await deskAt(registry);
    const { host } = registry;
    image(registry, 'prod/shop', 'one', '1.4.2');

    const tagged = resultOf<Tagged>(await desk.say(`/tag ${host}/prod/shop:1.4.2 ${host}/prod/shop:2.0.0`));

    expect(tagged).toMatchObject({
      hosts: [],
      failures: [
        {
          host,
          summary: expect.stringMatching(/immutable.*does not exist/u),
          engineSaid: expect.stringContaining('2.0.0'),
        },
      ],
    });
  });
});
