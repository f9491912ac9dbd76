import { describe, expect, it } from 'vitest';
import { checkMessage } from '../../src/slack/block-kit/limits.ts';
import { COMMANDS } from '../../src/slack/commands.ts';
import { messageOfReply } from '../../src/slack/reply/reply.ts';
import { watchLoop } from '../image/loop.ts';
import { serve } from '../registry/server.ts';
import { hostedAccount, startHosted } from '../registry/servers/hosted.ts';
import { addImage, answerV2, askedOf, type Content, digestOf, type Options } from '../registry/servers/v2.ts';
import { finding } from './find.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';

/** A registry that speaks the Distribution API alone. */
function plainRegistry(content: Content, options: Options = {}) {
  return serve((request, response) => {
    const asked = askedOf(request, response);
    if (asked.url.pathname === '/v2/')
      return asked.respond(200, {}, { 'docker-distribution-api-version': 'registry/2.0' });
    if (!answerV2(asked, content, options)) asked.respond(404, '404 page not found');
  });
}

/** Puts any manifest into a repository. */
function put(content: Content, path: string, manifest: object, tags: readonly string[] = []): string {
  const repository = content.get(path) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
  content.set(path, repository);
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  const { mediaType = IMAGE } = manifest as { readonly mediaType?: string };
  repository.manifests.set(digest, { mediaType, bytes });
  for (const tag of tags) repository.tags.set(tag, digest);
  return digest;
}

const descriptor = (digest: string, platform: object, more = {}) => ({
  mediaType: IMAGE,
  digest,
  size: 300,
  platform,
  ...more,
});

describe('the Distribution API', () => {
  it('gives platforms, the size of the usual one and when it was built, of an index', async () => {
    const content: Content = new Map();
    const amd64 = addImage(content, 'shop', []);
    const missing = `sha256:${'e'.repeat(64)}`;
    const digest = put(
      content,
      'shop',
      {
        schemaVersion: 2,
        mediaType: INDEX,
        manifests: [
          descriptor(missing, { os: 'linux', architecture: 'arm64', variant: 'v8' }),
          descriptor(amd64, { os: 'linux', architecture: 'amd64' }),
          descriptor(missing, { os: 'unknown', architecture: 'unknown' }),
        ],
      },
      ['1.0.0'],
    );
    await using registry = await plainRegistry(content);
    await using at = await finding({ one: {} }, { registries: { [registry.host]: {} } });

    const [row] = (await at.tags(`${registry.host}/shop`)).rows;
    expect(row?.detail).toMatchObject({
      digest,
      platforms: ['linux/arm64/v8', 'linux/amd64'],
      sizeOf: 'linux/amd64',
      date: { at: Date.parse('2026-11-01T00:00:00Z'), of: 'built' },
      signature: 'absent',
    });
    expect(row?.detail?.bytes).toBeGreaterThan(64);
  });

  it.each(['1970-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T00:00:00Z', 'yesterday', '-1'.repeat(4000)])(
    'has no date for an image that says it was made %s',
    async (created) => {
      const content: Content = new Map();
      addImage(content, 'shop', []);
      const config = Buffer.from(JSON.stringify({ created, os: 'linux', architecture: 'amd64' }));
      content.get('shop')?.blobs.set(digestOf(config), config);
      const manifest = { digest: digestOf(config), size: config.length, mediaType: 'application/json' };
      put(content, 'shop', { schemaVersion: 2, mediaType: IMAGE, config: manifest, layers: [] }, ['1.0.0']);
      await using registry = await plainRegistry(content);
      await using at = await finding({ one: {} }, { registries: { [registry.host]: {} } });

      const [row] = (await at.tags(`${registry.host}/shop`)).rows;
      expect(row?.detail).toMatchObject({ date: undefined, platforms: ['linux/amd64'] });
    },
  );

  it('shows that a signature is there: by tag, as a referrer of cosign or Notation, and not for an attestation', async () => {
    const content: Content = new Map();
    const signed = addImage(content, 'shop', ['1.0.0']);
    addImage(content, 'shop', [`${signed.replace(':', '-')}.sig`]);
    const attach = (tag: string, artifactType: string) => {
      const subject = addImage(content, 'shop', [tag]);
      addImage(content, 'shop', [], { artifactType, subject: { mediaType: IMAGE, digest: subject, size: 1 } });
    };
    attach('1.1.0', 'application/vnd.dev.sigstore.bundle.v0.3+json');
    attach('1.2.0', 'application/vnd.cncf.notary.signature');
    attach('1.3.0', 'application/spdx+json');
    await using registry = await plainRegistry(content);
    await using at = await finding({ one: {} }, { registries: { [registry.host]: {} } });

    const { rows } = await at.tags(`${registry.host}/shop`);
    expect(rows.map(({ tag, detail }) => [tag, detail?.signature])).toEqual([
      ['1.3.0', 'absent'],
      ['1.2.0', 'present'],
      ['1.1.0', 'present'],
      ['1.0.0', 'present'],
    ]);
  });

  it('is followed by cursors that cannot be rebuilt', async () => {
    const content: Content = new Map();
    const versions = Array.from({ length: 8 }, (_, minor) => `1.${minor}.0`);
    for (const version of versions) addImage(content, 'shop', [version]);
    await using registry = await startHosted('ecr', content);
    await using at = await finding({ one: {} }, { registries: { [registry.host]: hostedAccount('ecr') } });

    const { rows, cut } = await at.tags(`${registry.host}/shop`);
    expect(rows.map(({ tag }) => tag)).toEqual(versions.toReversed());
    expect(cut).toBe(false);
  });

  it('has the date of the push by Quay’s own API, and that of the build where it refuses', async () => {
    const content: Content = new Map();
    addImage(content, 'acme/shop', ['1.0.0']);
    addImage(content, 'acme/closed', ['1.0.0']);
    // As docs.quay.io, "Red Hat Quay API reference", listRepoTags; times in seconds.
    await using registry = await serve((request, response) => {
      const asked = askedOf(request, response);
      const { pathname, searchParams } = asked.url;
      if (pathname === '/api/v1/repository/acme/shop/tag/' && searchParams.get('onlyActiveTags') === 'true') {
        const tag = { name: searchParams.get('specificTag'), start_ts: 1_790_000_000, size: 1 };
        asked.respond(200, { tags: [tag], page: 1, has_additional: false });
      } else if (pathname.startsWith('/api/')) asked.respond(403, { error_type: 'insufficient_scope' });
      else if (!answerV2(asked, content)) asked.respond(pathname === '/v2/' ? 200 : 404, {});
    });
    await using at = await finding({ one: {} }, { registries: { [registry.host]: { kind: 'quay' } } });
    const dateOf = async (path: string) => (await at.tags(`${registry.host}/${path}`)).rows[0]?.detail?.date;

    expect(await dateOf('acme/shop')).toEqual({ at: 1_790_000_000_000, of: 'pushed' });
    expect(await dateOf('acme/closed')).toEqual({ at: Date.parse('2026-11-01T00:00:00Z'), of: 'built' });
  });

  it('that refuses a page of a thousand is asked for the page that it gives', async () => {
    await using registry = await serve(({ url = '' }, response) => {
      if (!url.includes('/tags/list')) return response.writeHead(url === '/v2/' ? 200 : 404).end('{}');
      if (url.includes('n=')) return response.writeHead(413).end('{"errors":[{"code":"PAGINATION_NUMBER_INVALID"}]}');
      return response.end('{"tags":["1.0.0"]}');
    });
    await using at = await finding({ one: {} }, { registries: { [registry.host]: {} } });

    const { rows } = await at.tags(`${registry.host}/shop`);
    expect(rows).toMatchObject([{ tag: '1.0.0', detail: undefined, problem: expect.stringContaining(registry.host) }]);
  });
});

describe('a hostile list of tags', () => {
  it('of twenty thousand is ordered whole without keeping the event loop', async () => {
    const all = Array.from({ length: 20_000 }, (_, index) => `1.${index % 200}.${Math.floor(index / 200)}`);
    await using registry = await serve(({ url = '' }, response) => {
      const from = Number(new URL(url, 'http://x').searchParams.get('at') ?? 0);
      if (!url.includes('/tags/list')) return response.writeHead(404).end('{}');
      const more = from + 5000 < all.length ? { link: `</v2/shop/tags/list?at=${from + 5000}>; rel="next"` } : {};
      return response.writeHead(200, more).end(JSON.stringify({ tags: all.slice(from, from + 5000) }));
    });
    await using at = await finding({ one: {} }, { registries: { [registry.host]: { kind: 'distribution' } } });
    await at.tags(`${registry.host}/shop -f none`);

    const loop = watchLoop();
    const { rows, total, cut } = await at.tags(`${registry.host}/shop`);
    expect(loop.stop()).toBeLessThan(250);
    expect(rows[0]?.tag).toBe('1.199.99');
    expect({ total, cut }).toEqual({ total: 20_000, cut: false });
  });

  it('whose pages never end, lead elsewhere, or break off, is said to be cut', async () => {
    const answering = (link: (at: number) => string | undefined, breaksAt = Number.POSITIVE_INFINITY) =>
      serve(({ url = '' }, response) => {
        if (!url.includes('/tags/list')) return response.writeHead(404).end('{}');
        const from = Number(new URL(url, 'http://x').searchParams.get('at') ?? 0);
        if (from === breaksAt) return response.writeHead(500).end('<html>oops</html>');
        const next = link(from);
        return response
          .writeHead(200, next === undefined ? {} : { link: `<${next}>; rel="next"` })
          .end(`{"tags":["1.0.${from}"]}`);
      });
    const on = (from: number) => `/v2/shop/tags/list?at=${from + 1}`;
    await using endless = await answering(on);
    await using away = await answering(() => 'http://169.254.169.254/v2/shop/tags/list');
    await using broken = await answering(on, 3);
    const registries = Object.fromEntries([endless, away, broken].map(({ host }) => [host, { kind: 'distribution' }]));
    await using at = await finding({ one: {} }, { registries });

    expect(await at.tags(`${endless.host}/shop`)).toMatchObject({ total: 100, cut: true });
    expect(await at.tags(`${away.host}/shop`)).toMatchObject({ total: 1, cut: true });
    expect(await at.tags(`${broken.host}/shop`)).toMatchObject({ total: 3, cut: true });
  });

  it('shows no words of strangers that format, ping or are no tags, and Slack takes the answer', async () => {
    const tags = [
      '1.0.0',
      '<!channel>',
      '*bold*',
      '__x__',
      `v${'9'.repeat(127)}`,
      'a b',
      '',
      7,
      null,
      '../../x',
      'x'.repeat(128),
    ];
    await using registry = await serve(({ url = '' }, response) =>
      url.includes('/tags/list') ? response.end(JSON.stringify({ tags })) : response.writeHead(404).end('{}'),
    );
    await using at = await finding({ one: {} }, { registries: { [registry.host]: { kind: 'distribution' } } });

    const answer = await at.desk.say(`/dock tags ${registry.host}/shop`);
    if (answer.kind !== 'result') throw new Error(JSON.stringify(answer));
    const { rows } = answer.result as { readonly rows: readonly { readonly tag: string }[] };
    expect(rows.map(({ tag }) => tag)).toEqual(['1.0.0', 'x'.repeat(128), `v${'9'.repeat(127)}`, '__x__']);
    const view = COMMANDS.tags.parts.view as (
      result: unknown,
      request: unknown,
    ) => Parameters<typeof messageOfReply>[0];
    const message = messageOfReply(view(answer.result, answer.request));
    expect(checkMessage(message)).toEqual([]);
    expect(JSON.stringify(message.blocks)).not.toContain('<!channel>');
  });

  it('of a registry that stays silent ends in time, by name', async () => {
    await using registry = await serve(() => {});
    await using at = await finding({ one: {} }, { registries: { [registry.host]: { kind: 'distribution' } } });

    expect(await at.desk.say(`/dock tags ${registry.host}/shop`)).toMatchObject({ kind: 'refused', reason: 'timeout' });
  }, 20_000);
});
