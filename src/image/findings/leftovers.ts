import { createPace } from '../../paced/pace.ts';
import { Folder } from '../layer/tree.ts';
import { type Finding, Heap } from './finding.ts';
import { type Rule, ruleOfFile, ruleOfFolder } from './rules.ts';

/** Less is not worth a change. */
const LEAST_BYTES = 100_000;
/** Every image has some manuals and headers. */
const LEAST_OF_MANY = 5_000_000;

/** One place that a rule is about: a folder with all below it, or a file. */
interface Group {
  readonly rule: Rule;
  readonly path: string;
  readonly layers: Set<number>;
  bytes: number;
}

interface Place {
  readonly folder: Folder;
  readonly path: string;
  readonly name: string;
  readonly group: Group | undefined;
}

/**
 * Finds caches, build tools, logs and the like in the file system of an image. Each file is counted once, by the innermost
 * rule: a cache in a tool's folder is the cache's.
 */
export async function findLeftovers(root: Folder): Promise<Finding[]> {
  const pace = createPace();
  const groups: Group[] = [];
  const groupAt = (rule: Rule, path: string): Group => {
    const group = { rule, path, layers: new Set<number>(), bytes: 0 };
    groups.push(group);
    return group;
  };
  const open: Place[] = [{ folder: root, path: '', name: '', group: undefined }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { folder, path, name, group } = place;
    for (const [entry, node] of folder.entries) {
      const at = `${path}/${entry}`;
      if (node instanceof Folder) {
        const own = ruleOfFolder(at, name, entry);
        open.push({
          folder: node,
          path: at,
          name: entry,
          group: own && own !== group?.rule ? groupAt(own, at) : group,
        });
        continue;
      }
      if (node.isClaimed || node.bytes === 0) continue;
      const byName = group === undefined ? ruleOfFile(at, entry) : undefined;
      const found = group ?? (byName && groupAt(byName, at));
      if (found === undefined) continue;
      node.isClaimed = true;
      found.bytes += node.bytes;
      found.layers.add(node.layer);
    }
    await pace();
  }
  return settled(groups);
}

function settled(groups: readonly Group[]): Finding[] {
  const heaps = new Map<Rule, Heap>();
  for (const { rule, path, bytes, layers } of groups) {
    const heap = heaps.get(rule) ?? new Heap();
    heaps.set(rule, heap);
    if (bytes > 0) heap.add({ path, bytes }, layers);
  }
  return [...heaps].flatMap(([rule, heap]) => {
    const least = rule.id === 'docs' || rule.id === 'headers' ? LEAST_OF_MANY : LEAST_BYTES;
    return heap.bytes < least ? [] : [heap.finding(rule)];
  });
}
