import { TEAM } from '../test/proof/forging.ts';
import { configOf, never, proofsOf } from '../test/proof/rules.ts';
import { serveShop } from '../test/proof/served.ts';
import { Shop } from '../test/proof/shop.ts';
import { signed } from '../test/proof/sign.ts';
import { createWorld } from '../test/proof/world.ts';
import { serve } from '../test/registry/server.ts';
import type { BenchEnvironment } from './environment.ts';
import { median } from './measure.ts';

const IMAGES = 21;
/** What somebody who waits for a plan does not notice. */
const MOST_WARM_MS = 300;

/** The time to find and verify who signed an image, in all layouts of cosign at once, from a registry on this machine. */
export async function signatures(bench: BenchEnvironment): Promise<void> {
  const world = await createWorld();
  const shop = new Shop();
  const digests = Array.from({ length: IMAGES }, (_, at) => shop.image(`image ${at}`));
  for (const digest of digests)
    for (const layout of ['bundle', 'tag', 'attestation'] as const)
      shop.sign(digest, await signed({ layout, digest, world, by: TEAM }));
  await using registry = await serve(serveShop(() => shop));
  const signer = { issuer: TEAM.issuer, identity: TEAM.subject };
  const rule = { images: ['**'], signers: [signer], trustedRoot: 'root.json' };
  const proofs = proofsOf(configOf(registry.host, [rule], { 'root.json': world.root() }));
  const times: number[] = [];
  for (const digest of digests) {
    const began = performance.now();
    const proof = await proofs.check({ registry: registry.host, path: 'shop', digest }, never);
    if (!proof?.ok) throw new Error(JSON.stringify(proof));
    times.push(performance.now() - began);
  }
  const [first = 0, ...warm] = times;
  bench.fact('three signatures verified, first of a process', first, 'ms');
  bench.fact('the same, warm', median(warm), 'ms', MOST_WARM_MS);
  bench.fact('the same, slowest', Math.max(...warm), 'ms', MOST_WARM_MS);
}
