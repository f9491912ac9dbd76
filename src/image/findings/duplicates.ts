import { createPace } from '../../paced/pace.ts';
import { type Content, Folder } from '../layer/tree.ts';
import { type Finding, Heap } from './finding.ts';

interface Copy {
  readonly path: string;
  readonly content: Content;
}

/** Finds large files that an image has several times, by the digests of their content. Hard links are one file. */
export async function findDuplicates(root: Folder): Promise<Finding[]> {
  const pace = createPace();
  const copies = new Map<string, Copy[]>();
  const open: { folder: Folder; path: string }[] = [{ folder: root, path: '' }];
  for (let place = open.pop(); place; place = open.pop()) {
    for (const [name, node] of place.folder.entries) {
      const path = `${place.path}/${name}`;
      if (node instanceof Folder) open.push({ folder: node, path });
      else if (node.hash !== undefined && !node.isClaimed) {
        const same = copies.get(node.hash);
        if (same === undefined) copies.set(node.hash, [{ path, content: node }]);
        else if (!same.some(({ content }) => content === node) && same.length < 100) same.push({ path, content: node });
      }
    }
    await pace();
  }
  const heap = new Heap();
  for (const same of copies.values()) {
    // The one in the lowest layer stays.
    const [, ...others] = same.toSorted((a, b) => a.content.layer - b.content.layer);
    for (const { path, content } of others) {
      content.isClaimed = true;
      heap.add({ path, bytes: content.bytes }, [content.layer]);
    }
    await pace();
  }
  const change = 'Copy them once, and link to them: `ln -s`.';
  return heap.isEmpty ? [] : [heap.finding({ id: 'duplicates', title: 'files that are in the image already', change })];
}
