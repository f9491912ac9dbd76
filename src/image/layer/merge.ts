import { createPace } from '../../paced/pace.ts';
import type { Layer } from './read-layer.ts';
import { Content, Folder, type Node } from './tree.ts';

/** What a layer adds and a later one removes or replaces: nobody sees it, and it still has to be pulled and stored. */
export interface Gone {
  /** Absolute; of a folder that is removed, the folder's. */
  readonly path: string;
  readonly bytes: number;
  readonly addedIn: number;
  readonly goneIn: number;
  readonly how: 'deleted' | 'replaced';
  /** Whether what replaces it has as many bytes: a change of its owner or mode. */
  readonly isSameSize: boolean;
}

export interface Merged {
  /** The file system as a container sees it. */
  readonly root: Folder;
  readonly gone: readonly Gone[];
}

/** Lays the layers over each other, the lowest first, as an engine does. Their trees become parts of the result. */
export async function mergeLayers(layers: readonly Pick<Layer, 'root'>[]): Promise<Merged> {
  const root = new Folder();
  const gone: Gone[] = [];
  for (const [index, layer] of layers.entries()) {
    await number(layer.root, index);
    await new Over(root, index, gone).lay(layer.root);
  }
  return { root, gone };
}

/** Tells what a layer adds which layer it is in. */
async function number(root: Folder, index: number): Promise<void> {
  const pace = createPace();
  const open = [root];
  for (let folder = open.pop(); folder; folder = open.pop()) {
    for (const node of folder.entries.values()) {
      if (node instanceof Folder) open.push(node);
      else node.layer = index;
    }
    await pace();
  }
}

interface Pair {
  readonly lower: Folder;
  readonly upper: Folder;
  readonly path: string;
}

class Over {
  readonly #root: Folder;
  readonly #index: number;
  readonly #gone: Gone[];
  readonly #pace = createPace();

  constructor(root: Folder, index: number, gone: Gone[]) {
    this.#root = root;
    this.#index = index;
    this.#gone = gone;
  }

  async lay(upper: Folder): Promise<void> {
    const open: Pair[] = [{ lower: this.#root, upper, path: '' }];
    for (let pair = open.pop(); pair; pair = open.pop()) {
      const { lower, path } = pair;
      if (pair.upper.isOpaque) for (const name of [...lower.entries.keys()]) await this.#drop(lower, name, path);
      for (const name of pair.upper.removed) await this.#drop(lower, name, path);
      pair.upper.removed.clear();
      for (const [name, node] of pair.upper.entries) {
        const below = lower.entries.get(name);
        if (node instanceof Folder && below instanceof Folder)
          open.push({ lower: below, upper: node, path: `${path}/${name}` });
        else {
          if (below) await this.#drop(lower, name, path, node);
          lower.entries.set(name, node);
        }
      }
      await this.#pace();
    }
  }

  /** Takes away what lower layers have under a name, and counts the bytes that nothing leads to any more. */
  async #drop(folder: Folder, name: string, path: string, instead?: Node): Promise<void> {
    const node = folder.entries.get(name);
    if (node === undefined) return;
    folder.entries.delete(name);
    const bytes = new Map<number, number>();
    await this.#unlink(node, bytes);
    for (const [addedIn, sum] of bytes) {
      const isSameSize = instead instanceof Content && instead.bytes === sum;
      const how = instead === undefined ? 'deleted' : 'replaced';
      if (sum > 0)
        this.#gone.push({ path: `${path}/${name}`, bytes: sum, addedIn, goneIn: this.#index, how, isSameSize });
    }
  }

  async #unlink(node: Node, bytes: Map<number, number>): Promise<void> {
    const open = [node];
    for (let now = open.pop(); now; now = open.pop()) {
      if (now instanceof Folder) {
        open.push(...now.entries.values());
        await this.#pace();
        continue;
      }
      now.links -= 1;
      // What another path still leads to is no waste; in its own layer, a file may be gone before the layer ends.
      if (now.links === 0) bytes.set(now.layer, (bytes.get(now.layer) ?? 0) + now.bytes);
    }
  }
}
