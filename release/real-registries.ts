import { readBlob } from '../src/registry/blob.ts';
import { createRegistries, type Registries } from '../src/registry/client.ts';
import { RegistryError } from '../src/registry/errors.ts';
import { readDigest, readManifest } from '../src/registry/manifest.ts';
import { readReferrers } from '../src/registry/referrers.ts';

/*
 * Reads a public image of each hosted registry, without an account, as Fairlead does: for a nightly run, since nothing in the
 * tests reaches the network. Exit code 1 when one that can be reached is not read, 2 when none can be reached.
 */

const IMAGES: readonly (readonly [registry: string, path: string, tag: string])[] = [
  ['docker.io', 'library/alpine', 'latest'],
  ['ghcr.io', 'aquasecurity/trivy', 'latest'],
  ['quay.io', 'prometheus/prometheus', 'latest'],
  ['registry.gitlab.com', 'gitlab-org/gitlab-runner', 'latest'],
  ['public.ecr.aws', 'docker/library/alpine', 'latest'],
  ['mirror.gcr.io', 'library/alpine', 'latest'],
  ['mcr.microsoft.com', 'hello-world', 'latest'],
];
const DEADLINE_MS = 30_000;
const MOST_CONFIG = 1_000_000;
const NOT_THERE: readonly string[] = ['unreachable', 'timeout', 'tls'];

type Outcome = 'read' | 'unreachable' | 'failed';

async function main(): Promise<number> {
  // Named, so that a network of this machine's own may resolve them to private addresses.
  const registries = createRegistries({ registries: new Map(IMAGES.map(([name]) => [name, {}])), folder: '.' });
  const outcomes: Outcome[] = [];
  for (const image of IMAGES) outcomes.push(await check(registries, image));
  if (outcomes.every((outcome) => outcome === 'unreachable')) {
    process.stdout.write('No registry can be reached from here: nothing was checked.\n');
    return 2;
  }
  return outcomes.includes('failed') ? 1 : 0;
}

async function check(registries: Registries, [registry, path, tag]: (typeof IMAGES)[number]): Promise<Outcome> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const say = (sign: string, words: string) => process.stdout.write(`${sign}  ${registry}/${path}:${tag}  ${words}\n`);
  try {
    const repository = registries.repository({ registry, path });
    const { kind } = await registries.kind(registry, signal);
    const digest = await readDigest(repository, tag, signal);
    const whole = await readManifest(repository, digest, signal);
    const [first] = whole.manifests;
    const image = first === undefined ? whole : await readManifest(repository, first.digest, signal);
    const config = await readBlob(repository, image.config?.digest ?? '', { most: MOST_CONFIG, signal });
    const tags = await repository.ask({ method: 'GET', url: repository.url('tags/list?n=5'), signal });
    await tags.body?.cancel();
    const { referrers } = await readReferrers(repository, digest, { signal });
    const facts = [kind ?? 'unknown kind', digest.slice(0, 19), `${whole.manifests.length} platforms`];
    const more = [`config ${config.length} bytes`, `tags ${tags.status}`, `${referrers.length} referrers`];
    say('ok  ', [...facts, ...more].join(', '));
    return 'read';
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const isThere = !NOT_THERE.includes(error.fault);
    say(isThere ? 'FAIL' : 'none', error.message);
    return isThere ? 'failed' : 'unreachable';
  }
}

process.exitCode = await main();
