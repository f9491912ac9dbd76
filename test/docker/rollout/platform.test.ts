import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { callEngine, mustCall, mustSend } from '../../../playground/engine/api.ts';
import { authHeaders } from '../../../src/docker/client/registry-auth.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { PlannedResult } from '../../../src/handlers/deploy/put.ts';
import { bed, describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openDesk, resultOf } from '../../handlers/desk.ts';
import { openScene, prepare, type Scene, SERVE } from './scene.ts';

const IMAGE = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

let scene: Scene;
let versions: readonly { readonly tag: string; readonly digest: string }[];
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  versions = [await publishBoth('1'), await publishBoth('2')];
});
afterAll(() => scene?.close());

const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function registry(method: string, path: string, sent?: { readonly type: string; readonly bytes: Buffer }) {
  const { host, username, password } = bed().registry;
  const url = new URL(path, `http://${host}/v2/${scene.repository.slice(host.length + 1)}/`);
  const headers = {
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    accept: [IMAGE, LIST, OCI_IMAGE, OCI_INDEX].join(','),
    ...(sent && { 'content-type': sent.type }),
  };
  const response = await fetch(url, { method, headers, ...(sent && { body: Uint8Array.from(sent.bytes) }) });
  expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
  return { headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** Publishes a version for amd64 and for arm64, both made of what runs on this machine. */
async function publishBoth(tag: string) {
  await scene.publish(`${tag}-amd64`, [SERVE]);
  let read = await registry('GET', `manifests/${tag}-amd64`);
  // containerd's image store pushes an index.
  const [only] = (JSON.parse(`${read.bytes}`) as { manifests?: { digest: string }[] }).manifests ?? [];
  if (only) read = await registry('GET', `manifests/${only.digest}`);
  const type = read.headers.get('content-type') ?? IMAGE;
  const manifest = JSON.parse(`${read.bytes}`) as { config: { digest: string } };
  const config = JSON.parse(`${(await registry('GET', `blobs/${manifest.config.digest}`)).bytes}`) as object;
  const foreign = Buffer.from(JSON.stringify({ ...config, architecture: 'arm64', variant: 'v8' }));
  const { headers } = await registry('POST', 'blobs/uploads/');
  const place = new URL(headers.get('location') ?? '', `http://${bed().registry.host}`);
  place.searchParams.set('digest', digestOf(foreign));
  await registry('PUT', place.href, { type: 'application/octet-stream', bytes: foreign });
  const described = { ...manifest.config, digest: digestOf(foreign), size: foreign.length };
  const other = Buffer.from(JSON.stringify({ ...manifest, config: described }));
  await registry('PUT', `manifests/${digestOf(other)}`, { type, bytes: other });
  const entry = (bytes: Buffer, platform: object) => ({
    mediaType: type,
    size: bytes.length,
    digest: digestOf(bytes),
    platform,
  });
  const mediaType = type === IMAGE ? LIST : OCI_INDEX;
  const manifests = [
    entry(read.bytes, { os: 'linux', architecture: 'amd64' }),
    entry(other, { os: 'linux', architecture: 'arm64', variant: 'v8' }),
  ];
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  await registry('PUT', `manifests/${tag}`, { type: mediaType, bytes: index });
  const foreignOnly = { schemaVersion: 2, mediaType, manifests: manifests.slice(1) };
  await registry('PUT', `manifests/${tag}-arm64`, { type: mediaType, bytes: Buffer.from(JSON.stringify(foreignOnly)) });
  await callEngine(scene.socket, 'DELETE', `/images/${scene.repository}:${tag}-amd64`);
  return { tag, digest: digestOf(index) };
}

const version = (at: number) => versions[at] ?? { tag: '', digest: '' };

async function pull(at: number, platform?: string) {
  const query = new URLSearchParams({ fromImage: scene.repository, tag: version(at).digest });
  if (platform !== undefined) query.set('platform', platform);
  await mustSend(scene.socket, {
    method: 'POST',
    path: `/images/create?${query}`,
    headers: authHeaders(scene.auth),
  });
}

async function run(platform?: string): Promise<string> {
  const name = uniqueName('shop');
  await pull(0, platform);
  const query = new URLSearchParams({ name, ...(platform === undefined ? {} : { platform }) });
  await mustCall(scene.socket, 'POST', `/containers/create?${query}`, {
    Image: `${scene.repository}@${version(0).digest}`,
    HostConfig: { NetworkMode: 'none' },
  });
  await mustCall(scene.socket, 'POST', `/containers/${name}/start`);
  return name;
}

async function deploy(name: string) {
  const image = { repository: scene.repository, ...version(1) };
  const { run: host, plan } = await prepare(scene, { ...(await scene.wanted(name, '1-amd64')), image });
  return { plan, verdict: await runHost(scene.engine, host) };
}

async function architectureOf(name: string): Promise<string> {
  const { Image, ...raw } = await scene.inspect(name);
  const { ImageManifestDescriptor: said } = raw as { ImageManifestDescriptor?: { platform: { architecture: string } } };
  const { Architecture } = JSON.parse(await mustCall(scene.socket, 'GET', `/images/${Image}/json`)) as {
    Architecture: string;
  };
  return said?.platform.architecture ?? Architecture;
}

async function forget(name: string): Promise<void> {
  await callEngine(scene.socket, 'DELETE', `/containers/${name}?force=1`);
  const all = JSON.parse(await mustCall(scene.socket, 'GET', '/containers/json?all=1')) as {
    Id: string;
    Names: string[];
  }[];
  for (const one of all.filter(({ Names }) => Names.some((at) => at.startsWith(`/${name}.`))))
    await callEngine(scene.socket, 'DELETE', `/containers/${one.Id}?force=1`);
  for (const { digest } of versions)
    await callEngine(scene.socket, 'DELETE', `/images/${scene.repository}@${digest}?force=1`);
}

/** containerd's image store has an image under the digest of its index, with all its platforms; others have one platform. */
async function keepsAllPlatforms(at: number): Promise<boolean> {
  const { digest } = version(at);
  const found = await mustCall(scene.socket, 'GET', `/images/${scene.repository}@${digest}/json`);
  return (JSON.parse(found) as { Id: string }).Id === digest;
}

describeWithEngine('an image of several platforms', { timeout: 90_000 }, () => {
  it('is deployed for the platform that the container runs for', async () => {
    const name = await run('linux/arm64');
    if (await keepsAllPlatforms(0)) await pull(1);

    const { plan, verdict } = await deploy(name);

    expect(plan).toMatchObject({ imagePresent: false, changes: [], conflicts: [] });
    expect(plan.warnings).toContainEqual(expect.stringContaining('linux/arm64'));
    expect(verdict).toMatchObject({ verdict: 'deployed' });
    expect(await architectureOf(name)).toBe('arm64');
    await forget(name);
  });

  it('is not deployed for another platform, of which alone the host has it', async () => {
    const name = await run();
    await pull(1, 'linux/arm64');

    const { plan, verdict } = await deploy(name);

    expect(plan).toMatchObject({ imagePresent: false });
    expect(plan.warnings.join(' ')).not.toContain('platform');
    expect(verdict).toMatchObject(
      (await keepsAllPlatforms(1))
        ? { verdict: 'deployed' }
        : { verdict: 'failed_kept_old', tryThis: expect.stringContaining('docker rmi') },
    );
    expect(await architectureOf(name)).toBe('amd64');
    expect(await scene.inspect(name)).toMatchObject({ State: { Running: true } });
    await forget(name);
  });

  describe('of which a version is for one platform alone', () => {
    /** A version for the host's own platform; the engine has it, unless it is `forgotten`. */
    async function publishNative(tag: string) {
      const digest = await scene.publish(tag, [SERVE]);
      return { reference: `${scene.repository}:${tag}@${digest}`, forget: () => scene.forget(tag) };
    }

    async function desk() {
      const { username, password, serverAddress } = scene.auth;
      const it = await openDesk({ one: scene.socket }, ['deploy'], {
        registries: { [serverAddress]: { username, password } },
      });
      onTestFinished(() => it[Symbol.asyncDispose]());
      return it;
    }

    it.each(['its tag', 'its digest'])('is not planned for a container of another one, given by %s', async (by) => {
      const name = await run('linux/arm64');
      const tag = uniqueName('native');
      const { reference, forget: forgetImage } = await publishNative(tag);
      const it = await desk();
      const before = (await scene.inspect(name)).State;
      const say = () => it.say(`/deploy ${name} ${by === 'its tag' ? tag : reference}`);
      const refused = {
        kind: 'refused',
        reason: 'conflict',
        text: `This deploy would fail. one: The container runs for linux/arm64/v8, but ${tag} is for linux/amd64 only: deploy a version that is built for linux/arm64/v8, or create the container again without \`--platform\`.`,
      };

      expect(await say()).toMatchObject(refused);
      await forgetImage();
      expect(await say()).toMatchObject(refused);
      expect((await scene.inspect(name)).State).toEqual(before);
      await forget(name);
    });

    it('is planned with a warning where that is another one than the host’s, which may emulate it', async () => {
      const name = await run();
      const it = await desk();
      const warningsFor = async (tag: string) => {
        const { plan } = resultOf<PlannedResult>(await it.say(`/deploy ${name} ${tag} --plan`));
        return plan.hosts.flatMap(({ warnings }) => warnings).filter((warning) => warning.includes('emulates'));
      };

      expect(await warningsFor('2')).toEqual([]);
      expect(await warningsFor('2-arm64')).toEqual([
        'This version is for linux/arm64/v8 only, and the host is linux/amd64: unless the host emulates that, the deploy will fail.',
      ]);
      await forget(name);
    });
  });
});
