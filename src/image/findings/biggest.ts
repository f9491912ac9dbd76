import { createPace } from '../../paced/pace.ts';
import { Folder } from '../layer/tree.ts';
import type { Weight } from './finding.ts';

export interface Biggest {
  readonly files: readonly Weight[];
  readonly folders: readonly Weight[];
}

const MOST = 10;
/** Folders that every image has, which say nothing. */
const COMMON = new Set(
  `/bin /etc /home /lib /opt /root /srv /usr /usr/bin /usr/lib /usr/local /usr/local/lib /usr/local/share /usr/share /var /var/cache
 /var/lib`.split(/\s+/u),
);
/** A folder that is nearly all one of its folders is shown as that one. */
const MOSTLY = 0.7;

interface Sum {
  readonly path: string;
  readonly parent: Sum | undefined;
  bytes: number;
  largestFolder: number;
}

/** The heaviest files and folders of an image, at most ten of each; no folder is within another that is shown. */
export async function findBiggest(root: Folder): Promise<Biggest> {
  const pace = createPace();
  const files = new Top();
  const sums: Sum[] = [];
  const open: { folder: Folder; sum: Sum }[] = [
    { folder: root, sum: { path: '', parent: undefined, bytes: 0, largestFolder: 0 } },
  ];
  for (let place = open.pop(); place; place = open.pop()) {
    const { folder, sum } = place;
    sums.push(sum);
    for (const [name, node] of folder.entries) {
      const path = `${sum.path}/${name}`;
      if (node instanceof Folder) open.push({ folder: node, sum: { path, parent: sum, bytes: 0, largestFolder: 0 } });
      else if (node.kind === 'file') {
        // Of hard links each path has its share.
        const bytes = Math.round(node.bytes / node.links);
        sum.bytes += bytes;
        files.add({ path, bytes: node.bytes });
      }
    }
    await pace();
  }
  // Folders were found before those in them, so in reverse every sum is complete when it is added to its parent's.
  for (const { parent, bytes } of sums.toReversed()) {
    if (parent === undefined) continue;
    parent.bytes += bytes;
    parent.largestFolder = Math.max(parent.largestFolder, bytes);
  }
  await pace();
  return { files: files.heaviest(), folders: foldersOf(sums) };
}

function foldersOf(sums: readonly Sum[]): Weight[] {
  const top = new Top(1000);
  for (const sum of sums)
    if (sum.parent !== undefined && sum.largestFolder < sum.bytes * MOSTLY && !COMMON.has(sum.path))
      top.add({ path: sum.path, bytes: sum.bytes });
  const shown: Weight[] = [];
  for (const one of top.heaviest()) {
    const isWithin = shown.some(({ path }) => one.path.startsWith(`${path}/`) || path.startsWith(`${one.path}/`));
    if (!isWithin && shown.length < MOST) shown.push(one);
  }
  return shown;
}

class Top {
  #items: Weight[] = [];
  readonly #most: number;

  constructor(most = MOST) {
    this.#most = most;
  }

  add(one: Weight): void {
    if (one.bytes === 0) return;
    this.#items.push(one);
    if (this.#items.length >= this.#most * 4) this.#items = this.heaviest();
  }

  heaviest(): Weight[] {
    return this.#items.toSorted((a, b) => b.bytes - a.bytes).slice(0, this.#most);
  }
}
