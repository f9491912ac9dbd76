import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import type { SlimResult } from '../../src/handlers/images/slim.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { bytesOf, file } from '../image/pack.ts';
import { PLANTED } from '../image/planted.ts';
import { INDEX, type Packing, publishLayers, putManifest } from '../image/publish.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';
import { bytesById, withinFivePercent } from './slim-bytes.ts';

const socket = () => bed().sockets[0] ?? '';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const PACKINGS: readonly (Packing & { readonly name: string })[] = [
  { name: 'gzip', pack: (bytes) => gzipSync(bytes), mediaType: `${LAYER}+gzip` },
  { name: 'zstd', pack: (bytes) => zstdCompressSync(bytes), mediaType: `${LAYER}+zstd` },
  { name: 'plain', pack: (bytes) => bytes, mediaType: LAYER },
];
const gzip = PACKINGS[0] as Packing;

function desk(): Promise<Desk> {
  const { host, username, password } = bed().registry;
  return openDesk({ one: socket() }, ['slim', 'pull'], {
    registries: { [host]: { username, password } },
    images: { allow: [`${host}/fairlead/**`], requireTag: true },
  });
}

/**
 * The same image with bytes that no other test has: containerd's store (28.5) drops layers and config of an image while
 * another one that has them too is removed, and gives out an archive without them from then on.
 */
function ofItsOwn({ image, finds }: Pick<(typeof PLANTED)[number], 'image' | 'finds'>) {
  const own = uniqueName('own');
  const layers = image.layers.map(({ by, entries }) => ({ by, entries: [...entries, ...file(`srv/${own}`, own)] }));
  return { image: { ...image, layers }, finds };
}
const planted = (name: string) => PLANTED.find((one) => one.name === name) ?? PLANTED[0];
const small = (seed: string) => ({ layers: [{ by: 'COPY . .', entries: file('app/x', bytesOf(3000, seed)) }] });

describeWithEngine('slim of an image in a registry', { timeout: 60_000 }, () => {
  it.each(PLANTED.map((one, index) => ({ ...one, packing: PACKINGS[index % 3] ?? gzip })))(
    'names what was planted in $name, its layers $packing.name',
    async ({ name, image, finds, packing }) => {
      await using it = await desk();
      const path = `fairlead/${uniqueName('slim')}:1.4.0`;
      await publishLayers(bed().registry, path, image, packing);

      const result = resultOf<SlimResult>(await it.say(`dock slim ${bed().registry.host}/${path}`));

      withinFivePercent(bytesById(result), finds, name);
      expect(result).toMatchObject({ from: { at: 'registry', name: bed().registry.host } });
      expect(result.analysis.packedBytes).toBeGreaterThan(result.analysis.bytes * 0.5);
    },
  );

  it('names the same once a host has pulled it, and in the registry when told to', async () => {
    await using it = await desk();
    const { host } = bed().registry;
    const path = `fairlead/${uniqueName('slim')}:1.4.0`;
    const { image, finds } = ofItsOwn(planted('go') as (typeof PLANTED)[number]);
    await publishLayers(bed().registry, path, image, gzip);
    resultOf(await it.say(`pull ${host}/${path} @one`));

    const there = resultOf<SlimResult>(await it.say(`dock slim ${host}/${path}`));
    const registry = resultOf<SlimResult>(await it.say(`dock slim ${host}/${path} --from registry`));
    await callEngine(socket(), 'DELETE', `/images/${host}/${path}`);

    expect([there.from.at, registry.from.at]).toEqual(['host', 'registry']);
    withinFivePercent(bytesById(there), finds, 'host');
    expect(registry.analysis.findings).toEqual(there.analysis.findings);
  });

  it('takes the platform that is asked for, and names those there are', async () => {
    await using it = await desk();
    const { registry } = bed();
    const repository = `fairlead/${uniqueName('slim')}`;
    const entries = [];
    for (const architecture of ['arm64', 'amd64']) {
      const made = await publishLayers(registry, `${repository}:${architecture}`, small(architecture), gzip);
      entries.push({
        ...made,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        platform: { os: 'linux', architecture },
      });
    }
    const proof = { ...entries[0], platform: { os: 'unknown', architecture: 'unknown' } };
    await putManifest(registry, `${repository}:1.0.0`, INDEX, {
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [proof, ...entries],
    });
    const say = (more: string) => it.say(`dock slim ${registry.host}/${repository}:1.0.0${more}`);
    const bytes = async (more: string) => resultOf<SlimResult>(await say(more)).analysis.packedBytes;

    expect(await bytes('')).toBe(await bytes(' --platform linux/amd64'));
    expect(await bytes(' --platform linux/arm64')).not.toBe(await bytes(''));
    // An engine pulls one of the platforms, and gives out that one.
    resultOf(await it.say(`pull ${registry.host}/${repository}:1.0.0 @one`));
    const pulled = resultOf<SlimResult>(await say(' --from host'));
    await callEngine(socket(), 'DELETE', `/images/${registry.host}/${repository}:1.0.0`);
    expect(pulled.analysis).toMatchObject({ bytes: 3000, layers: [{ number: 1 }] });
    expect(await say(' --platform linux/riscv64')).toMatchObject({
      reason: 'not_found',
      hint: expect.stringMatching(/linux\/arm64.*linux\/amd64/u),
    });
  });

  it('says what is not there, not allowed, or no image', async () => {
    await using it = await desk();
    const { registry } = bed();
    const repository = `fairlead/${uniqueName('slim')}`;
    await publishLayers(registry, `${repository}:2.0.0`, { layers: [] }, gzip);
    // A registry keeps charts as it keeps images.
    await publishLayers(registry, `${repository}:chart`, small('chart'), {
      ...gzip,
      configType: 'application/vnd.cncf.helm.config.v1+json',
    });
    const reason = async (text: string) => (await it.say(text)) as { readonly reason?: string };
    const name = `${registry.host}/${repository}`;

    expect(await reason(`dock slim ${name}:9.9.9`)).toMatchObject({ reason: 'not_found' });
    expect(await reason(`dock slim ${name}:9.9.9 --from host`)).toMatchObject({ reason: 'not_found' });
    expect(await reason(`dock slim ${name}`)).toMatchObject({ reason: 'not_found' });
    expect(await reason(`dock slim ${name} --from registry`)).toMatchObject({ reason: 'tag_needed' });
    expect(await reason('dock slim nginx:1.27')).toMatchObject({ reason: 'image_not_allowed' });
    expect(await reason('dock slim NGINX:1.27 --from registry')).toMatchObject({ reason: 'bad_input' });
    expect(resultOf<SlimResult>(await it.say(`dock slim ${name}:2.0.0`)).analysis).toMatchObject({
      bytes: 0,
      layers: [],
    });
    expect(await reason(`dock slim ${name}:chart`)).toMatchObject({ reason: 'bad_input' });
  });
});
