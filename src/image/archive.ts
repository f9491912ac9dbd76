import { posix } from 'node:path';
import type { z } from 'zod';
import { parseJson } from '../paced/json.ts';
import { Budget, type Limits } from './budget.ts';
import { ArchiveManifest, ImageConfig } from './config.ts';
import { type Layer, readLayer } from './layer/read-layer.ts';
import { copyOf } from './layer/tree.ts';
import { ByteReader } from './tar/byte-reader.ts';
import { CutOff, damaged } from './tar/damaged.ts';
import { BLOCK, isHeader } from './tar/header.ts';
import { readTar, type TarEntry } from './tar/read-tar.ts';

/** An image as it was read, the lowest layer first. */
export interface ReadImage {
  readonly config: ImageConfig;
  readonly layers: readonly ReadLayer[];
}

export interface ReadLayer extends Layer {
  /** Bytes to be pulled; undefined where only an engine was asked. */
  readonly packedBytes: number | undefined;
}

const MOST_JSON = 4_000_000;
/** Small files of an archive that may be the config or the list of images: an index of many platforms has a few dozen. */
const MOST_DOCUMENTS = 500;
const MANIFEST = 'manifest.json';

/**
 * Reads an image as an engine exports it (`docker save`): the older layout with a folder for each layer, and that of OCI,
 * whose layers may be packed. Layers come before the list that names them, so each file that may be one is read. Throws a
 * `CutOff` for what is no such archive.
 */
export async function readArchive(
  source: AsyncIterable<Uint8Array>,
  onRead: (bytes: number) => void,
  limits?: Limits,
): Promise<ReadImage> {
  const reader = new ByteReader(counted(source, onRead));
  const files = new Files(new Budget(limits));
  try {
    for await (const entry of readTar(reader)) await files.take(entry);
  } finally {
    await reader.close();
  }
  return files.image();
}

async function* counted(source: AsyncIterable<Uint8Array>, onRead: (bytes: number) => void) {
  let bytes = 0;
  for await (const part of source) {
    bytes += part.length;
    onRead(bytes);
    yield part;
  }
}

class Files {
  readonly #budget: Budget;
  readonly #documents = new Map<string, Buffer>();
  readonly #layers = new Map<string, Layer>();
  /** Files that are links to a layer: the older layout has a layer once. */
  readonly #links = new Map<string, string>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  async take(entry: TarEntry): Promise<void> {
    const name = posix.normalize(entry.name);
    if (entry.kind === 'link' || entry.kind === 'hard-link') {
      const folder = entry.kind === 'link' ? posix.dirname(name) : '.';
      if (this.#links.size < MOST_DOCUMENTS) this.#links.set(name, posix.join(folder, entry.link));
      return;
    }
    if (entry.kind !== 'file' || entry.size === 0) return;
    const body = new ByteReader(entry.body());
    const start = await body.peek(BLOCK);
    if (isDocument(start, entry.size)) {
      if (this.#documents.size >= MOST_DOCUMENTS) throw damaged('it has too many documents');
      const bytes = await body.take(entry.size);
      if (bytes) this.#documents.set(name, Buffer.from(bytes));
    } else if (mayBeLayer(name)) this.#layers.set(name, await readLayer(body.rest(), this.#budget));
  }

  async image(): Promise<ReadImage> {
    const [first] = await this.#document(MANIFEST, ArchiveManifest);
    if (first === undefined) throw damaged('it lists no image');
    const config = await this.#document(posix.normalize(first.Config), ImageConfig);
    const used = new Set<Layer>();
    const layers = first.Layers.map((path): ReadLayer => {
      const found = this.#layerAt(posix.normalize(path));
      if (found === undefined) throw damaged('a layer is missing in it');
      const root = used.has(found) ? copyOf(found.root, () => this.#budget.keep()) : found.root;
      used.add(found);
      return { ...found, root, packedBytes: undefined };
    });
    return { config, layers };
  }

  #layerAt(name: string): Layer | undefined {
    const target = this.#links.get(name);
    return this.#layers.get(name) ?? (target === undefined ? undefined : this.#layers.get(target));
  }

  async #document<S extends z.ZodType>(name: string, shape: S): Promise<z.infer<S>> {
    const bytes = this.#documents.get(name);
    if (bytes === undefined)
      throw damaged(name === MANIFEST ? 'it lists no image' : 'the config of the image is missing');
    try {
      return shape.parse(await parseJson(bytes));
    } catch (error) {
      throw new CutOff('format', 'its description cannot be read', { cause: error });
    }
  }
}

/** JSON, unless it is the header of an archive whose first name begins with a brace. */
function isDocument(start: Buffer, size: number): boolean {
  const first = start[0];
  return size <= MOST_JSON && (first === 0x7b || first === 0x5b) && !isHeader(start);
}

const mayBeLayer = (name: string) => /(?:^blobs\/sha256\/[0-9a-f]{64}|(?:^|\/)layer\.tar|\.tar(?:\.gz)?)$/u.test(name);
