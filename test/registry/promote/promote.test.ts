import { describe, expect, it } from 'vitest';
import { digestOf, image, memoryRegistry, multiPlatform, OCI, referrer } from '../memory-registry.ts';
import { promoteIn } from './scene.ts';

const SIGNATURE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

describe('a promotion', () => {
  it('within a repository sets the tag alone, byte for byte', async () => {
    await using registry = await memoryRegistry();
    const { digest } = multiPlatform(registry, 'shop', 'one', '1.0.0');

    const result = await promoteIn(registry, { digest, from: 'shop', to: 'shop', tag: 'stable' });

    expect(result).toMatchObject({ ok: true, digest, way: 'same', mounted: 0, copied: 0 });
    expect(registry.tags.get('shop:stable')).toBe(digest);
    expect(registry.asked.filter((line) => /^(?:POST|PUT)/u.test(line))).toEqual(['PUT /v2/shop/manifests/stable']);
  });

  it('into another repository mounts every layer of every platform, and sets the tag last', async () => {
    await using registry = await memoryRegistry();
    const { digest } = multiPlatform(registry, 'staging/shop', 'one', '1.0.0');

    const result = await promoteIn(registry, { digest });

    // Of each platform a config and two layers.
    expect(result).toMatchObject({ ok: true, digest, way: 'blobs', mounted: 6, copied: 0, copiedBytes: 0, left: [] });
    expect(registry.tags.get('prod/shop:1.0.0')).toBe(digest);
    expect(registry.has('prod/shop', digest)).toBe(true);
    const writes = registry.asked.filter((line) => /^(?:POST|PUT)/u.test(line));
    expect(writes.at(-1)).toBe('PUT /v2/prod/shop/manifests/1.0.0');
    expect(writes.filter((line) => line.includes('/blobs/')).every((line) => line.includes('from=staging'))).toBe(true);
  });

  it('copies layers where the registry mounts none, and says how much', async () => {
    await using registry = await memoryRegistry({ mounts: false });
    const { digest } = image(registry, 'staging/shop', 'one', '1.0.0');

    const result = await promoteIn(registry, { digest });

    expect(result).toMatchObject({ ok: true, digest, mounted: 0, copied: 3 });
    expect(result.ok && result.copiedBytes).toBeGreaterThan(50);
    expect(registry.tags.get('prod/shop:1.0.0')).toBe(digest);
  });

  it('does not ask for what is there already', async () => {
    await using registry = await memoryRegistry();
    const { digest } = image(registry, 'staging/shop', 'one', '1.0.0');
    image(registry, 'prod/shop', 'one');

    expect(await promoteIn(registry, { digest })).toMatchObject({ ok: true, present: 3, mounted: 0 });
  });

  it.each([true, false])('takes signatures and SBOMs along; with the referrers API: %s', async (referrers) => {
    await using registry = await memoryRegistry({ referrers });
    const subject = image(registry, 'staging/shop', 'one', '1.0.0');
    const bundle = referrer(registry, 'staging/shop', subject, SIGNATURE);
    const listed = { ...bundle, artifactType: SIGNATURE };
    const fallback = subject.digest.replace(':', '-');
    if (!referrers)
      registry.manifest('staging/shop', { schemaVersion: 2, mediaType: OCI.index, manifests: [listed] }, fallback);
    const cosign = image(registry, 'staging/shop', 'signature', `${fallback}.sig`);

    const result = await promoteIn(registry, { digest: subject.digest });

    expect(result).toMatchObject({ ok: true, carried: 2, left: [] });
    expect(registry.has('prod/shop', bundle.digest)).toBe(true);
    expect(registry.tags.get(`prod/shop:${fallback}.sig`)).toBe(cosign.digest);
    // A registry without the API is told by the client.
    expect(registry.tags.has(`prod/shop:${fallback}`)).toBe(!referrers);
    if (!referrers) {
      const own = registry.read('prod/shop', registry.tags.get(`prod/shop:${fallback}`) ?? '') as {
        manifests: object[];
      };
      expect(own.manifests).toMatchObject([{ digest: bundle.digest, artifactType: SIGNATURE }]);
    }
  });

  it('keeps another signature that the target has, and says what it left', async () => {
    await using registry = await memoryRegistry();
    const { digest } = image(registry, 'staging/shop', 'one', '1.0.0');
    const tag = `${digest.replace(':', '-')}.sig`;
    image(registry, 'staging/shop', 'ours', tag);
    const theirs = image(registry, 'prod/shop', 'theirs', tag);

    const result = await promoteIn(registry, { digest });

    expect(result).toMatchObject({ ok: true, carried: 0, left: [{ what: expect.stringContaining('.sig') }] });
    expect(registry.tags.get(`prod/shop:${tag}`)).toBe(theirs.digest);
  });

  it('of what is not there says so, and that the target is nothing', async () => {
    await using registry = await memoryRegistry();

    const result = await promoteIn(registry, { digest: digestOf('nothing') });

    expect(result).toMatchObject({ ok: false, error: { fault: 'not_found' }, now: null });
  });
});
