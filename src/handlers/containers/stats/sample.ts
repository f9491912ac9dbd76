import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../../docker/client/engine.ts';
import type { StatsSample } from '../../../docker/client/look-types.ts';

export type Samples = ReadonlyMap<string, StatsSample>;

/** What `docker stats` compares: samples about a second apart. */
const APART_MS = 1000;

/** Samples containers twice, about a second apart. A container that stopped in between is missing in `after`. */
export async function samplePair(
  engine: Engine,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly before: Samples; readonly after: Samples }> {
  if (ids.length === 0) return { before: new Map(), after: new Map() };
  const asked = performance.now();
  const before = await engine.sampleStats(ids, { signal });
  const took = performance.now() - asked;
  // An engine before 25 samples by its own clock, once a second: asked at once, it answers with the next sample.
  if (took < APART_MS / 2) await sleep(APART_MS - took, undefined, { signal });
  return { before, after: await engine.sampleStats(ids, { signal }) };
}
