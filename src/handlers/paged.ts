export interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly asked: number;
}

/**
 * One page of rows; a page past the end is the last one, and `asked` tells. Of a longer list, of which `total` says the
 * length, `rows` are the first: at least those up to the page's end.
 */
export function paged<T>(rows: readonly T[], page: number, size: number, total = rows.length): Page<T> {
  const pages = Math.max(1, Math.ceil(total / size));
  const shown = Math.min(page, pages);
  return { rows: rows.slice((shown - 1) * size, shown * size), total, page: shown, pages, asked: page };
}

/** The rows of one source, such as a host: how many there are, and the first of them, at least those up to the page's end. */
interface Source<T> {
  readonly total: number;
  readonly first: readonly T[];
}

/** One page over several sources in a row, of which only the first rows were kept. */
export function pagedOver<T>(sources: readonly Source<T>[], page: number, size: number): Page<T> {
  const total = sources.reduce((sum, source) => sum + source.total, 0);
  const pages = Math.max(1, Math.ceil(total / size));
  const shown = Math.min(page, pages);
  const rows: T[] = [];
  let left = (shown - 1) * size;
  for (const source of sources) {
    if (left < source.total) rows.push(...source.first.slice(left, left + size - rows.length));
    left = Math.max(0, left - source.total);
    if (rows.length === size) break;
  }
  return { rows, total, page: shown, pages, asked: page };
}
