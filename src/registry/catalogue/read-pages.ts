/** One page of a list, and where the next is: `elsewhere` for an address that is not followed. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next: URL | 'elsewhere' | undefined;
}

export interface Bounds {
  readonly pages: number;
  readonly items: number;
}

/**
 * Follows a list from page to page, up to the bounds, and never twice to the same address. Rejects only when the first page
 * cannot be read; a list that breaks off later is `cut`.
 */
export async function readPages<T>(
  first: URL,
  read: (url: URL) => Promise<ListPage<T>>,
  bounds: Bounds,
): Promise<{ readonly items: T[]; readonly cut: boolean }> {
  const items: T[] = [];
  const seen = new Set<string>();
  let next: ListPage<T>['next'] = first;
  while (next instanceof URL && seen.size < bounds.pages && items.length < bounds.items && !seen.has(next.href)) {
    seen.add(next.href);
    try {
      const page: ListPage<T> = await read(next);
      // Not spread into a call: a page may have more items than a call takes arguments.
      for (const item of page.items) items.push(item);
      next = page.next;
    } catch (error) {
      if (seen.size === 1) throw error;
      return { items: items.slice(0, bounds.items), cut: true };
    }
  }
  return { items: items.slice(0, bounds.items), cut: next !== undefined || items.length > bounds.items };
}
