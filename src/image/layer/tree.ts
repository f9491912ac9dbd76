/** What is at a path of a layer that is no folder. Hard links of one file are one `Content`. */
export class Content {
  readonly kind: 'file' | 'link' | 'other';
  /** Bytes it takes in its layer. */
  readonly bytes: number;
  /** Digest of a large file's content. */
  readonly hash: string | undefined;
  /** Paths that lead to it. */
  links = 1;
  /** Index of the layer it is in; known once all layers are read. */
  layer = -1;
  /** Whether its bytes are counted in a finding already. */
  isClaimed = false;

  constructor(kind: Content['kind'], bytes: number, hash?: string) {
    this.kind = kind;
    this.bytes = bytes;
    this.hash = hash;
  }
}

export class Folder {
  readonly entries = new Map<string, Content | Folder>();
  /** Names that this layer removes from those below. */
  readonly removed = new Set<string>();
  /** Whether this layer hides all that those below have in it. */
  isOpaque = false;
}

export type Node = Content | Folder;

/** Parts of a path; deeper ones are of no program. */
const MOST_DEPTH = 200;

/**
 * The parts of a path in an image; undefined for one that leads outside, or that no file system would take.
 */
export function partsOf(name: string): string[] | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  const isOdd = parts.some((part) => part === '..' || part.includes('\0') || part.length > 255);
  return isOdd || parts.length > MOST_DEPTH ? undefined : parts;
}

/** The folder at a path, made where it is missing; `onNew` is told of each that is made. */
export function folderAt(root: Folder, parts: readonly string[], onNew: () => void): Folder {
  let now = root;
  for (const part of parts) {
    const found = now.entries.get(part);
    if (found instanceof Folder) now = found;
    else {
      onNew();
      const made = new Folder();
      now.entries.set(part, made);
      now = made;
    }
  }
  return now;
}

/** What is at a path; undefined where nothing is. */
export function nodeAt(root: Folder, parts: readonly string[]): Node | undefined {
  let now: Node | undefined = root;
  for (const part of parts) now = now instanceof Folder ? now.entries.get(part) : undefined;
  return now;
}

/** A copy of a tree, for a layer that an image has twice; `onNew` is told of each part of it. */
export function copyOf(root: Folder, onNew: () => void): Folder {
  const copied = new Map<Content, Content>();
  const copy = new Folder();
  const open: [Folder, Folder][] = [[root, copy]];
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [from, to] = pair;
    to.isOpaque = from.isOpaque;
    for (const name of from.removed) to.removed.add(name);
    for (const [name, node] of from.entries) {
      onNew();
      if (node instanceof Folder) {
        const made = new Folder();
        to.entries.set(name, made);
        open.push([node, made]);
      } else {
        const made =
          copied.get(node) ?? Object.assign(new Content(node.kind, node.bytes, node.hash), { links: node.links });
        copied.set(node, made);
        to.entries.set(name, made);
      }
    }
  }
  return copy;
}
