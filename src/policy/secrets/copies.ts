import type { Mark } from './marks.ts';
import { kindOf } from './names.ts';
import { isSecret } from './values.ts';

/** What stands before the rows of a table in a dump of PostgreSQL: `COPY public.users (id, password) FROM stdin;`. */
const COPY = /\bcopy [\w."]{1,200} {0,4}\(([^()\n]{1,2000})\) from stdin[^\n;]{0,200};?[ \t\r]{0,4}\n/giu;
const END = '\\.';
/** Of a longer row, this much is looked at. */
const MOST_ROW = 16 * 1024;

/** Marks the secrets in rows behind a `COPY … FROM stdin`, with a tab between values, by the names of its columns. */
export function markCopies(text: string, mark: Mark): void {
  let done = 0;
  for (const match of text.matchAll(COPY)) {
    if (match.index < done) continue;
    const kinds = (match[1] ?? '').split(',').map((name) => kindOf(name.replace(/[\s"]/gu, '')));
    if (kinds.every((kind) => kind === undefined)) continue;
    done = match.index + match[0].length;
    while (done < text.length) {
      const at = done;
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      const row = text.slice(at, Math.min(end, at + MOST_ROW));
      const values = row.split('\t');
      // The end of the rows, or a line of something else.
      const isWhole = row.length === end - at;
      if (row.startsWith(END) || (isWhole ? values.length !== kinds.length : values.length > kinds.length)) break;
      let from = at;
      for (const [column, value] of values.entries()) {
        const kind = kinds[column];
        if (kind !== undefined && value !== '\\N' && isSecret(value, kind, false)) mark(from, from + value.length);
        from += value.length + 1;
      }
      done = end + 1;
    }
  }
}
