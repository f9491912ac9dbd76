export interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly asked: number;
}

/** One page of rows; a page past the end is the last one, and `asked` tells. */
export function paged<T>(rows: readonly T[], page: number, size: number): Page<T> {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const shown = Math.min(page, pages);
  return { rows: rows.slice((shown - 1) * size, shown * size), total: rows.length, page: shown, pages, asked: page };
}
