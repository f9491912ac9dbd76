import { describe, expect, it } from 'vitest';
import { createRegistries } from '../../src/registry/client.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { readDigest, readManifest } from '../../src/registry/manifest.ts';
import { createTags } from '../../src/registry/tags.ts';
import { configWith, never, serve } from './server.ts';
import { HARBOR_ACCOUNTS, startHarbor } from './servers/harbor.ts';
import { type Hosted, hostedAccount, startHosted } from './servers/hosted.ts';
import { HUB_ACCOUNTS, startHub } from './servers/hub.ts';
import { NEXUS_ACCOUNTS, startNexus } from './servers/nexus.ts';
import { addImage, type Content } from './servers/v2.ts';

const account = (accounts: Readonly<Record<string, string>>, name: string) => ({
  username: name,
  password: accounts[name],
});
const ROBOT = account(HARBOR_ACCOUNTS, 'robot$read');

function contentWith(path: string, tags: readonly string[]): { readonly content: Content; readonly digest: string } {
  const content: Content = new Map();
  return { content, digest: addImage(content, path, tags) };
}
const at = (host: string, own: object, path = 'devops/shop') => {
  const registries = createRegistries(configWith({ [host]: own }));
  return Object.assign(registries, { shop: registries.repository({ registry: host, path }) });
};
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error) => (error instanceof RegistryError ? error.fault : error),
  );

describe('the kind of a registry', () => {
  it('is found by asking, with its version where that is said', async () => {
    await using harbor = await startHarbor();
    await using nexus = await startNexus();
    await using plain = await serve((_, response) => {
      response.writeHead(200, { 'docker-distribution-api-version': 'registry/2.0' }).end('{}');
    });
    await using page = await serve((_, response) => {
      response.end('<html>');
    });
    const kindOf = (host: string, own: object) => createRegistries(configWith({ [host]: own })).kind(host, never);

    expect(await kindOf(harbor.host, ROBOT)).toEqual({ kind: 'harbor', version: '2.16.0' });
    expect(await kindOf(harbor.host, {})).toEqual({ kind: 'harbor', version: undefined });
    expect(await kindOf(nexus.host, {})).toEqual({ kind: 'nexus', version: '3.83.0' });
    expect(await kindOf(plain.host, {})).toEqual({ kind: 'distribution', version: undefined });
    expect(await kindOf(page.host, {})).toEqual({ kind: undefined, version: undefined });
    expect(await kindOf(page.host, { kind: 'acr' })).toEqual({ kind: 'acr', version: undefined });
    expect(await faultOf(kindOf('127.0.0.1:9', {}))).toBe('unreachable');
  });

  it.each([
    ['docker.io', 'dockerhub'],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'ecr'],
    ['europe-west1-docker.pkg.dev', 'artifact-registry'],
    ['acme.azurecr.io', 'acr'],
    ['quay.io', 'quay'],
  ])('%s is known by its name: %s', async (registry, kind) => {
    expect((await createRegistries(configWith({})).kind(registry, never)).kind).toBe(kind);
  });
});

describe('Harbor', () => {
  it('is read with a robot, by token; what the robot may not see is denied, not missing', async () => {
    const { content, digest } = contentWith('devops/shop', ['1.0.0']);
    addImage(content, 'secret/vault', ['1']);
    await using harbor = await startHarbor({ content });

    expect(await readDigest(at(harbor.host, ROBOT).shop, '1.0.0', never)).toBe(digest);
    expect(await faultOf(readManifest(at(harbor.host, ROBOT).shop, '9', never))).toBe('not_found');
    expect(await faultOf(readManifest(at(harbor.host, {}).shop, '1.0.0', never))).toBe('unauthorized');
  });

  it.each([
    ['unscanned', 'not_scanned'],
    ['scanning', 'scanning'],
    ['vulnerable', 'vulnerable'],
  ] as const)('keeps an image back that is %s, and that is said', async (policy, fault) => {
    const { content } = contentWith('devops/shop', ['1.0.0']);
    await using harbor = await startHarbor({ content, faults: { policy } });

    expect(await faultOf(readDigest(at(harbor.host, ROBOT).shop, '1.0.0', never))).toBe(fault);
  });

  it('gives a token with no actions for a project that is closed, and the call after it fails', async () => {
    const { content } = contentWith('devops/shop', ['1.0.0']);
    await using harbor = await startHarbor({ content, faults: { closed: ['devops'] } });

    await expect(readManifest(at(harbor.host, ROBOT).shop, '1.0.0', never)).rejects.toMatchObject({
      fault: 'unauthorized',
      said: 'unauthorized to access repository: devops/shop, action: pull',
    });
  });

  it('with an expired robot, a page for an answer, or too much to do', async () => {
    const { content, digest } = contentWith('devops/shop', ['1.0.0']);
    await using expired = await startHarbor({ content, faults: { expired: ['robot$read'] } });
    await using page = await startHarbor({ content, faults: { isPage: true } });
    await using busy = await startHarbor({ content, faults: { limited: 1 } });

    expect(await faultOf(readDigest(at(expired.host, ROBOT).shop, '1.0.0', never))).toBe('unauthorized');
    expect(await at(expired.host, ROBOT).tryAccount(expired.host, never)).toBe(401);
    expect(await faultOf(readDigest(at(page.host, ROBOT).shop, '1.0.0', never))).toBe('unavailable');
    expect(await readDigest(at(busy.host, ROBOT).shop, '1.0.0', never)).toBe(digest);
  });
});

describe('Nexus', () => {
  it.each([false, true])('is read with Basic, or with its token realm: %s', async (hasBearerRealm) => {
    const { content, digest } = contentWith('docker-hosted/shop', ['1.0.0']);
    await using nexus = await startNexus({ content, hasBearerRealm });
    const own = account(NEXUS_ACCOUNTS, 'reader');

    expect(await readDigest(at(nexus.host, own, 'docker-hosted/shop').shop, '1.0.0', never)).toBe(digest);
    expect(await at(nexus.host, own).tryAccount(nexus.host, never)).toBe(200);
  });

  it('asked at a wrong port is no registry', async () => {
    await using nexus = await startNexus({ isWrongPort: true });

    expect(await faultOf(readManifest(at(nexus.host, {}).shop, '1', never))).toBe('not_a_registry');
  });
});

describe('Docker Hub', () => {
  it('is read with a token, and its pull limit is told from a missing image', async () => {
    const { content, digest } = contentWith('devops/shop', ['1.0.0']);
    await using hub = await startHub({ content, left: 0 });
    const own = account(HUB_ACCOUNTS, 'devops');

    expect(await readDigest(at(hub.host, own).shop, '1.0.0', never)).toBe(digest);
    expect(await faultOf(readManifest(at(hub.host, own).shop, '1.0.0', never))).toBe('rate_limited');
    expect(await faultOf(readDigest(at(hub.host, own).shop, '9', never))).toBe('not_found');
  });
});

describe.each<[Hosted, string]>([
  ['ghcr', 'denied'],
  ['gitlab', 'unauthorized'],
  ['quay', 'unauthorized'],
  ['ecr', 'not_found'],
  ['artifact-registry', 'not_found'],
  ['acr', 'not_found'],
])('%s', (kind, missing) => {
  const TAGS = ['1.0.0', '1.0.1', '1.1.0', '1.2.0', '2.0.0', '2.0.1', '2.1.0', 'latest'];

  it('is read with its kind of account, over pages that are followed and not rebuilt', async () => {
    const { content, digest } = contentWith('acme/shop', TAGS);
    await using server = await startHosted(kind, content);
    const config = configWith({ [server.host]: hostedAccount(kind) });
    const reference = { registry: server.host, path: 'acme/shop', tag: '1.0.0', digest: undefined };
    const { tags, cut } = await createTags(config).list(reference, never);

    expect([...tags].toSorted()).toEqual(TAGS);
    expect(cut).toBe(false);
    expect(await createTags(config).digest(reference, never)).toBe(digest);
    expect(await createRegistries(config).tryAccount(server.host, never)).toBe(200);
  });

  it(`says ${missing} of a repository that is missing, and refuses a wrong password`, async () => {
    await using server = await startHosted(kind, new Map());
    const wrong = { ...hostedAccount(kind), password: 'wrong' };

    expect(await faultOf(readManifest(at(server.host, hostedAccount(kind)).shop, '1', never))).toBe(missing);
    expect([401, 403]).toContain(await at(server.host, wrong).tryAccount(server.host, never));
  });
});
