import type { Source } from './collect.ts';
import { parseStrictly } from './json.ts';
import { readProvenance } from './provenance.ts';
import { PROVENANCE, readAnyStatement } from './statement.ts';
import type { Built } from './types.ts';

const MOST_BYTES = 1_000_000;
const IN_TOTO = 'application/vnd.in-toto+json';

/**
 * What an image says of its own build: BuildKit's provenance within its index. Nobody signed it, so it is no proof of
 * anything. Undefined where there is none; rejects when the registry does not answer.
 */
export async function readClaimed(source: Source, digest: string): Promise<Built | undefined> {
  const index = await source.manifest(digest);
  const entry = index?.manifests?.find(
    ({ annotations }) => annotations?.['vnd.docker.reference.type'] === 'attestation-manifest',
  );
  const attestations = entry && (await source.manifest(entry.digest));
  const layer = attestations?.layers?.find(
    ({ mediaType, annotations }) =>
      mediaType === IN_TOTO && PROVENANCE.includes(annotations?.['in-toto.io/predicate-type'] ?? ''),
  );
  if (!layer) return undefined;
  const statement = readAnyStatement(
    await parseStrictly(await source.blob(layer.digest, MOST_BYTES), 'the provenance'),
  );
  return readProvenance({ type: statement.predicateType, predicate: statement.predicate });
}
