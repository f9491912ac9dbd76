import { describe, expect, it } from 'vitest';
import { createRegistries } from '../../../src/registry/client.ts';
import { promote } from '../../../src/registry/promote/promote.ts';
import { configWith, never } from '../server.ts';
import { HARBOR_ACCOUNTS, startHarbor } from '../servers/harbor.ts';
import type { HarborWrites } from '../servers/harbor-writes.ts';
import { addImage, type Content } from '../servers/v2.ts';

const account = (username: string) => ({ username, password: HARBOR_ACCOUNTS[username] ?? '' });
const COPY = 'POST /api/v2.0/projects/prod/repositories/team%252Fshop/artifacts';

/** A Harbor with an image and its signature in `staging/team/shop`, and a promotion of it to `prod/team/shop:1.0.0`. */
async function harborScene(writes: HarborWrites = {}, push = 'robot$push') {
  const content: Content = new Map();
  const digest = addImage(content, 'staging/team/shop', ['1.0.0']);
  const signature = addImage(content, 'staging/team/shop', [], {
    artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    subject: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 },
  });
  const server = await startHarbor({ content, writes });
  const { host } = server;
  const registries = createRegistries(configWith({ [host]: { ...account('robot$read'), push: account(push) } }));
  const [from, to] = ['staging/team/shop', 'prod/team/shop'];
  return {
    server,
    digest,
    signature,
    target: () => content.get(to),
    promoted: async () => {
      expect(await registries.kind(host, never)).toMatchObject({ kind: 'harbor' });
      return promote(
        { digest, tag: '1.0.0', harbor: registries.host(host, 'push') },
        {
          from: registries.repository({ registry: host, path: from }),
          to: registries.repository({ registry: host, path: to }, 'push', from),
          signal: never,
        },
      );
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe('a promotion within Harbor', () => {
  it('is its own copy, with what belongs to the image, by the account for pushing', async () => {
    await using it = await harborScene();

    expect(await it.promoted()).toMatchObject({ ok: true, way: 'harbor', mounted: 0, copied: 0, carried: 1, left: [] });
    expect(it.target()?.tags.get('1.0.0')).toBe(it.digest);
    expect(it.target()?.manifests.has(it.signature)).toBe(true);
    expect(it.server.calls).toContain(COPY);
    expect(it.server.calls.filter((call) => /^POST .*\/blobs\//u.test(call))).toEqual([]);
  });

  it('goes layer by layer where the account may push but use no API', async () => {
    await using it = await harborScene({ noApi: ['robot$push'] });

    expect(await it.promoted()).toMatchObject({ ok: true, way: 'blobs', mounted: 3, carried: 1 });
    expect(it.target()?.tags.get('1.0.0')).toBe(it.digest);
  });

  it.each<[HarborWrites, string, string]>([
    [{ immutable: ['prod/team/shop:1.0.0'] }, 'immutable', 'configured as immutable'],
    [{ isFull: true }, 'quota', 'exceed the configured upper limit'],
  ])('that is refused says why: %j', async (writes, fault, said) => {
    await using it = await harborScene(writes);

    expect(await it.promoted()).toMatchObject({
      ok: false,
      error: { fault, said: expect.stringContaining(said) },
      now: null,
    });
    expect(it.target()?.tags.has('1.0.0') ?? false).toBe(false);
  });

  it('by an account that may only read is refused', async () => {
    await using it = await harborScene({}, 'robot$read');

    expect(await it.promoted()).toMatchObject({ ok: false, error: { fault: 'unauthorized' }, now: null });
  });
});
