import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalRegistry, startRegistry } from '../../playground/engine/registry.ts';
import { readBlob } from '../../src/registry/blob.ts';
import { createRegistries } from '../../src/registry/client.ts';
import { errorFromAnswer, RegistryError } from '../../src/registry/errors.ts';
import { readDigest, readManifest } from '../../src/registry/manifest.ts';
import { readReferrers } from '../../src/registry/referrers.ts';
import { readState } from '../../src/registry/status.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { ownAddress } from '../why/registries.ts';
import { type PrivateCa, privateCa } from './private-ca.ts';
import { pushImage } from './push.ts';
import { configWith, never } from './server.ts';

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error) => (error instanceof RegistryError ? error.fault : error),
  );

describeWithEngine('a Distribution registry with a password, and TLS of a private CA', () => {
  let ca: PrivateCa;
  let registry: LocalRegistry;
  const registriesWith = (own: object) => createRegistries(configWith({ [registry.host]: own }));
  const account = () => ({ username: registry.username, password: registry.password });
  const shopOf = (own: object, purpose: 'pull' | 'push' = 'pull') =>
    registriesWith(own).repository({ registry: registry.host, path: 'devops/shop' }, purpose);

  beforeAll(async () => {
    // Not the loopback, to which plain http would be spoken.
    const address = ownAddress() ?? '127.0.0.1';
    ca = privateCa(address);
    registry = await startRegistry({ tls: ca, address });
    await pushImage(shopOf({ ca: ca.ca, push: account() }, 'push'), '1.0.0');
  });
  afterAll(async () => {
    await registry?.stop();
    ca?.[Symbol.dispose]();
  });

  it('is read once the config names its CA, and the bytes are those of the digests', async () => {
    const shop = shopOf({ ca: ca.ca, ...account() });
    const manifest = await readManifest(shop, '1.0.0', never);

    expect(await readDigest(shop, '1.0.0', never)).toBe(manifest.digest);
    const config = await readBlob(shop, manifest.config?.digest ?? '', { most: 10_000, signal: never });
    expect(JSON.parse(config.toString())).toMatchObject({ os: 'linux' });
    expect(await readReferrers(shop, manifest.digest, { signal: never })).toEqual({ referrers: [], cut: false });
  });

  it.each([
    ['without its CA', () => account(), 'tls'],
    ['with the file of its CA missing', () => ({ ca: `${ca.ca}.old`, ...account() }), 'tls'],
    ['without an account', () => ({ ca: ca.ca }), 'unauthorized'],
    ['with a wrong password', () => ({ ca: ca.ca, username: 'fairlead', password: 'wrong' }), 'unauthorized'],
  ])('is not read %s', async (_, own, fault) => {
    expect(await faultOf(readManifest(shopOf(own()), '1.0.0', never))).toBe(fault);
  });

  it('is shown with its certificate, clock and logins', async () => {
    const config = configWith({
      [registry.host]: { ca: ca.ca, ...account(), push: { username: 'x', password: 'wrong' } },
    });
    const state = await readState(registry.host, { config, registries: createRegistries(config) }, never);

    expect(state).toMatchObject({
      ping: { ok: true, isRegistry: true },
      kind: { kind: 'distribution' },
      isPlain: false,
      certificate: { issuer: 'Acme Internal CA' },
      login: { as: 'accepted' },
      pushLogin: { as: 'refused', status: 401 },
    });
  });

  it('deletes a manifest, and its tag with it', async () => {
    const shop = shopOf({ ca: ca.ca, ...account() }, 'push');
    const digest = await pushImage(shop, '9.9.9');
    const response = await shop.ask({ method: 'DELETE', url: shop.url(`manifests/${digest}`), signal: never });
    await response.body?.cancel();

    expect(response.status).toBe(202);
    expect(await faultOf(readDigest(shop, '9.9.9', never))).toBe('not_found');
  });
});

describeWithEngine('a Distribution registry that deletes nothing', () => {
  it('says so', async () => {
    const registry = await startRegistry({ deletes: false });
    try {
      const { host, username, password } = registry;
      const registries = createRegistries(configWith({ [host]: { username, password } }));
      const shop = registries.repository({ registry: host, path: 'devops/shop' }, 'push');
      const digest = await pushImage(shop, '1.0.0');
      const response = await shop.ask({ method: 'DELETE', url: shop.url(`manifests/${digest}`), signal: never });

      expect((await errorFromAnswer(host, response)).fault).toBe('unsupported');
    } finally {
      await registry.stop();
    }
  });
});
