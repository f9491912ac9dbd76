import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Budget } from '../budget.ts';
import { ByteReader } from '../tar/byte-reader.ts';
import { type CutCause, CutOff } from '../tar/damaged.ts';
import { readTar, type TarEntry } from '../tar/read-tar.ts';
import { Content, Folder, folderAt, nodeAt, partsOf } from './tree.ts';
import { unpacked } from './unpacked.ts';

/** What one layer adds, replaces and removes, from the headers of its archive. */
export interface Layer {
  readonly root: Folder;
  /** Bytes of its files. */
  readonly bytes: number;
  readonly files: number;
  /** Entries whose path leads out of the image, which an engine does not unpack. */
  readonly odd: number;
  /** Why the rest of it was not read; undefined when all of it was. */
  readonly cut: { readonly reason: CutCause; readonly message: string } | undefined;
}

/** Files below this are not compared with others. */
const MOST_UNCOMPARED = 1_000_000;
const REMOVED = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Other marks of the file system that had them first; they say nothing of the image. */
const MARK = '.wh..wh.';

/**
 * Reads the headers of a layer, packed or not; of what is in its files only the digests of large ones are made. Never
 * rejects for what is in the layer: what could not be read is said in `cut`. Rejects with errors of the source.
 */
export async function readLayer(packed: AsyncIterable<Uint8Array>, budget: Budget): Promise<Layer> {
  const source = new ByteReader(packed);
  const reader = new ByteReader(unpacked(source, budget));
  const building = new LayerBuilder(budget);
  let cut: Layer['cut'];
  try {
    for await (const entry of readTar(reader)) await building.take(entry);
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    cut = { reason: error.reason, message: error.message };
  } finally {
    await reader.close();
    await source.close();
  }
  return { ...building.counts(), root: building.root, cut };
}

class LayerBuilder {
  readonly root = new Folder();
  readonly #budget: Budget;
  #files = 0;
  #bytes = 0;
  #odd = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  counts(): Pick<Layer, 'bytes' | 'files' | 'odd'> {
    return { bytes: this.#bytes, files: this.#files, odd: this.#odd };
  }

  async take(entry: TarEntry): Promise<void> {
    const parts = partsOf(entry.name);
    const name = parts?.at(-1);
    if (parts === undefined || name === undefined) {
      // The root of the image has no name of its own.
      if (parts === undefined) this.#odd += 1;
      return;
    }
    const parent = this.#folder(parts.slice(0, -1));
    if (name.startsWith(REMOVED)) return this.#remove(parent, name);
    if (entry.kind === 'folder') {
      this.#folder(parts);
      return;
    }
    if (entry.kind === 'hard-link' && this.#join(parent, name, entry.link)) return;
    this.#budget.keep();
    this.#forget(parent, name);
    const isFile = entry.kind === 'file';
    const hash = isFile && entry.size >= MOST_UNCOMPARED ? await hashOf(entry) : undefined;
    parent.entries.set(name, new Content(isFile ? 'file' : entry.kind === 'link' ? 'link' : 'other', entry.size, hash));
    this.#files += 1;
    this.#bytes += entry.size;
  }

  #folder(parts: readonly string[]): Folder {
    return folderAt(this.root, parts, () => this.#budget.keep());
  }

  #remove(parent: Folder, name: string): void {
    if (name === OPAQUE) parent.isOpaque = true;
    else if (!name.startsWith(MARK)) {
      this.#budget.keep();
      parent.removed.add(name.slice(REMOVED.length));
    }
  }

  /** Another path of a file that is in the layer already; false where it is not there. */
  #join(parent: Folder, name: string, link: string): boolean {
    const target = nodeAt(this.root, partsOf(posix.normalize(link)) ?? ['']);
    if (!(target instanceof Content)) return false;
    this.#budget.keep();
    this.#forget(parent, name);
    target.links += 1;
    parent.entries.set(name, target);
    return true;
  }

  /** An archive that has a path twice means the last; an engine keeps no other. */
  #forget(parent: Folder, name: string): void {
    const before = parent.entries.get(name);
    if (!(before instanceof Content)) return;
    before.links -= 1;
    if (before.links > 0) return;
    this.#files -= 1;
    this.#bytes -= before.bytes;
  }
}

async function hashOf(entry: TarEntry): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of entry.body()) hash.update(part);
  return hash.digest('base64');
}
