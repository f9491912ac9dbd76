import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeImage } from '../../src/image/analyze.ts';
import { type ReadImage, readArchive } from '../../src/image/archive.ts';
import { mergeLayers } from '../../src/image/layer/merge.ts';
import { Content, Folder } from '../../src/image/layer/tree.ts';
import { maskByRules } from '../../src/policy/secrets/rules.ts';
import { archiveOf, bytesOf, file, gone, type MadeImage, type Packed } from './pack.ts';
import { PLANTED } from './planted.ts';

const CHUNK = 65_536;

function read(image: MadeImage): Promise<ReadImage> {
  const archive = archiveOf(image, 'shop:1');
  const chunks = async function* chunks() {
    for (let at = 0; at < archive.length; at += CHUNK) yield archive.subarray(at, at + CHUNK);
  };
  return readArchive(chunks(), () => {});
}

describe('an image', () => {
  it.each(PLANTED)('is found to have exactly what was planted in $name', async ({ image, finds, language }) => {
    const analysis = await analyzeImage(await read(image), maskByRules);

    const found: Record<string, number> = {};
    for (const { id, bytes } of analysis.findings) found[id] = (found[id] ?? 0) + bytes;
    expect(found).toEqual(finds);
    expect(analysis.language).toBe(language);
    expect(analysis.savedBytes).toBe(Object.values(finds).reduce((sum, one) => sum + one, 0));
  });
});

it('counts a file once that is a cache and a copy', async () => {
  const content = bytesOf(2_000_000, 'same');
  const paths = ['root/.cache/pip/http/aa', 'app/model.bin', 'srv/model.bin'];
  const image = { layers: [{ by: 'RUN', entries: paths.flatMap((one) => file(one, content)) }] };
  const { findings, savedBytes } = await analyzeImage(await read(image), maskByRules);

  expect(findings.filter(({ bytes }) => bytes > 0)).toMatchObject([
    { id: 'pip-cache', bytes: 2_000_000 },
    { id: 'duplicates', bytes: 2_000_000 },
  ]);
  expect(savedBytes).toBe(4_000_000);
});

const PATHS = ['a', 'b', 'a/x', 'a/y', 'a/z/q', 'b/x'] as const;
type Change =
  | { readonly kind: 'write'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'delete' | 'empty'; readonly path: string };

const path = fc.constantFrom(...PATHS);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path, bytes: fc.integer({ min: 1, max: 2000 }) }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'empty' as const), path }),
);
/** What one build step does: at most one change of a path, which no other one is within. */
const step = fc
  .array(change, { maxLength: 4 })
  .map((changes) =>
    changes.filter((one, at) =>
      changes.slice(0, at).every((other) => ![one, other].every(({ path: own }) => own.startsWith(one.path[0] ?? ''))),
    ),
  );

function packed(one: Change): Packed[] {
  if (one.kind === 'write') return file(one.path, Buffer.alloc(one.bytes, one.path));
  return one.kind === 'delete' ? gone(one.path) : file(`${one.path}/.wh..wh..opq`, '');
}

/** The files of a container, by the plain rules of layers. */
function expected(layers: readonly (readonly Change[])[]): Map<string, number> {
  const files = new Map<string, number>();
  const drop = (at: string, isOwn: boolean) => {
    for (const one of files.keys()) if ((isOwn && one === at) || one.startsWith(`${at}/`)) files.delete(one);
  };
  for (const changes of layers)
    for (const one of changes) {
      drop(one.path, one.kind !== 'empty');
      // A folder takes the place of a file.
      const above = one.kind === 'delete' ? one.path.split('/').slice(0, -1) : one.path.split('/');
      for (let depth = 1; depth <= above.length; depth += 1)
        if (depth < above.length || one.kind !== 'write') files.delete(above.slice(0, depth).join('/'));
      if (one.kind === 'write') files.set(one.path, one.bytes);
    }
  return files;
}

function filesOf(root: Folder): Map<string, number> {
  const files = new Map<string, number>();
  const walk = (folder: Folder, at: string) => {
    for (const [name, node] of folder.entries) {
      if (node instanceof Folder) walk(node, `${at}${name}/`);
      else if (node instanceof Content) files.set(`${at}${name}`, node.bytes);
    }
  };
  walk(root, '');
  return files;
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, one) => all + one, 0);
const sorted = (files: ReadonlyMap<string, number>) => [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));

it('layers lie over each other as an engine lays them, and no byte is lost or counted twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (layers) => {
      const image = { layers: layers.map((changes) => ({ by: 'RUN', entries: changes.flatMap(packed) })) };
      const { layers: trees } = await read(image);
      const all = sum(trees.map(({ bytes }) => bytes));
      const merged = await mergeLayers(trees);

      const files = filesOf(merged.root);
      expect(sorted(files)).toEqual(sorted(expected(layers)));
      expect(sum(files.values()) + sum(merged.gone.map(({ bytes }) => bytes))).toBe(all);
    }),
    { numRuns: 300 },
  );
});
