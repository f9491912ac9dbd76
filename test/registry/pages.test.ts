import { describe, expect, it } from 'vitest';
import { closest, newestFirst } from '../../src/domain/version.ts';
import { never, serve, tagsWith } from './server.ts';

const DIGEST = 'a'.repeat(64);
const ATTACHMENTS = [
  `sha256-${DIGEST}.sig`,
  `sha256-${DIGEST}.att`,
  `sha256-${DIGEST}.sbom`,
  `sha256-${DIGEST}`,
  `sha512-${'b'.repeat(128)}.sig`,
  `sha256-${DIGEST}.cosign.bundle`,
];

/** A registry that gives so many tags a page, whatever it is asked for, in its own order. */
function registryOf(all: readonly string[], size: number, link: (next: string, host: string) => string) {
  return serve(({ url = '', headers }, response) => {
    const at = Number(new URL(url, 'http://x').searchParams.get('at') ?? 0);
    const more = at + size < all.length ? { link: link(`/v2/shop/tags/list?at=${at + size}`, headers.host ?? '') } : {};
    response.writeHead(200, more).end(JSON.stringify({ tags: all.slice(at, at + size) }));
  });
}
const relative = (next: string) => `<${next}>; rel="next"`;

describe('tags over several pages', () => {
  // In the registry's own order, by name: the newest is on the last page.
  const many = Array.from({ length: 250 }, (_, index) => `1.${index}.0`).toSorted();

  it.each([
    ['relative links', relative],
    ['absolute links', (next: string, host: string) => `<http://${host}${next}>; rel="next"`],
    ['a link back as well', (next: string) => `</v2/shop/tags/list?at=0>; rel="prev", <${next}>; rel=next`],
  ])('are ordered whole, with %s', async (_, link) => {
    await using registry = await registryOf([...many, ...ATTACHMENTS, 'latest'], 100, link);
    const tags = tagsWith({ [registry.host]: {} });

    const found = await tags.list(registry.shop, never);

    expect(found.tags.slice(0, 3)).toEqual(['1.249.0', '1.248.0', '1.247.0']);
    expect(found.tags).toHaveLength(251);
    expect(found.cut).toBe(false);
    expect((await tags.near({ ...registry.shop, tag: '1.249.1' }, never)).tags[0]).toBe('1.249.0');
    expect((await tags.near({ ...registry.shop, tag: 'zzz' }, never)).tags[0]).toBe('1.249.0');
  });

  it('that lead elsewhere, or round in a circle, end there and say so', async () => {
    const called: string[] = [];
    await using other = await registryOf(['9.9.9'], 1, relative);
    await using away = await registryOf(
      ['1.0.0', '2.0.0'],
      1,
      () => `<http://${other.host}/v2/shop/tags/list>; rel="next"`,
    );
    await using circle = await serve(({ url = '' }, response) => {
      called.push(url);
      response.writeHead(200, { link: '</v2/shop/tags/list?n=1000>; rel="next"' }).end('{"tags":["1.0.0"]}');
    });
    const tags = tagsWith({ [away.host]: {}, [circle.host]: {}, [other.host]: {} });

    expect(await tags.list(away.shop, never)).toEqual({ tags: ['1.0.0'], cut: true });
    expect(await tags.list(circle.shop, never)).toEqual({ tags: ['1.0.0'], cut: true });
    expect(called).toHaveLength(1);
  });

  it('are read up to a cap, and more than that is said', async () => {
    await using registry = await registryOf(
      Array.from({ length: 30_000 }, (_, index) => `1.0.${index}`),
      5000,
      relative,
    );

    const { tags, cut } = await tagsWith({ [registry.host]: {} }).list(registry.shop, never);

    expect(tags).toHaveLength(20_000);
    expect(tags[0]).toBe('1.0.19999');
    expect(cut).toBe(true);
  });
});

describe('what is no version', () => {
  it('is never suggested', async () => {
    await using registry = await registryOf([...ATTACHMENTS, '1.0.0', 'sha-0ddba11', 'sha256-notes'], 100, relative);
    const { tags } = await tagsWith({ [registry.host]: {} }).list(registry.shop, never);

    expect(tags).toEqual(['1.0.0', 'sha256-notes', 'sha-0ddba11']);
  });

  it('comes after every version, and a release before its candidates', async () => {
    expect(await closest('nothing', ['latest', '1.10.0-rc.1', '1.9.0', '1.10.0', '1.10.0-rc.2', 'main'])).toEqual([
      '1.10.0',
      '1.10.0-rc.2',
      '1.10.0-rc.1',
      '1.9.0',
      'main',
    ]);
  });

  it.each([
    ['dates', ['2026.11.29', '2026.02.10', '2026.01.05', '2025.12.31', 'latest']],
    ['candidates without a hyphen', ['v1.2.1', '1.2.0', '1.2.0rc1', '1.1.9']],
  ])('is told from %s', async (_, tags) => {
    expect(await newestFirst(tags.toReversed())).toEqual(tags);
  });

  it.each([
    ['1.10', ['1.9.0', '1.10.3', '1.10.0', '1.1.0'], '1.10.3'],
    ['v1.4.0', ['1.4.0', '1.4.1', 'v1.5.0'], '1.4.0'],
    ['2026.11', ['2026.11.2', '2026.1.1'], '2026.11.2'],
  ])('%s is answered with what it stands for', async (typed, tags, first) => {
    expect((await closest(typed, tags))[0]).toBe(first);
  });
});
