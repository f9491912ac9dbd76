/** One page of rows; a page past the end is the last one. */
export function paged<T>(
  rows: readonly T[],
  page: number,
  size: number,
): { rows: readonly T[]; total: number; page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const shown = Math.min(page, pages);
  return { rows: rows.slice((shown - 1) * size, shown * size), total: rows.length, page: shown, pages };
}
