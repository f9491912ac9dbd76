import type { Mark } from './marks.ts';
import { kindOf } from './names.ts';
import { isSecret, looksRandom } from './values.ts';

const INSERT =
  /\b(?:insert|replace)(?: ignore)? into [`"[]?([\w.]{1,100})[`"\]]? {0,4}(?:\(([^()]{1,1000})\) {0,4})?values? {0,4}(?=\()/giu;
const ABOUT_PEOPLE = /user|account|login|credential|member|customer/iu;
/** Values of one statement that are looked at. */
const MOST_VALUES = 2000;

/** Marks the passwords in the rows of SQL's `INSERT`: by the names of its columns, or by their looks in a table of people. */
export function markInserts(text: string, mark: Mark): void {
  let done = 0;
  for (const match of text.matchAll(INSERT)) {
    if (match.index < done) continue;
    const [whole, table = '', columns] = match;
    const kinds = columns?.split(',').map((name) => kindOf(name.replace(/[\s`"[\]]/gu, '')));
    const isPerson = ABOUT_PEOPLE.test(table);
    const from = match.index + whole.length;
    done = eachValue(text, from, (value, column) => {
      const kind = kinds?.[column];
      const { said, at } = value;
      if (kind === undefined ? isPerson && kinds === undefined && looksRandom(said) : isSecret(said, kind, false))
        mark(at, at + said.length);
    });
  }
}

interface Quoted {
  readonly said: string;
  readonly at: number;
}

/** Goes through the rows behind `values`, and gives the place where they end. Each character is read once. */
function eachValue(text: string, from: number, visit: (value: Quoted, column: number) => void): number {
  let depth = 0;
  let column = 0;
  let at = from;
  for (let seen = 0; at < text.length && seen < MOST_VALUES; at += 1) {
    const letter = text[at];
    if (letter === "'") {
      const end = endOfString(text, at + 1);
      if (depth === 1) visit({ said: text.slice(at + 1, end), at: at + 1 }, column);
      seen += 1;
      at = end;
    } else if (letter === '(') {
      if (depth === 0) column = 0;
      depth += 1;
    } else if (letter === ')') depth -= 1;
    else if (letter === ',' && depth === 1) column += 1;
    else if (depth === 0 && letter !== ',' && letter !== ' ' && letter !== '\n' && letter !== '\r') break;
  }
  return at;
}

/** Where a string ends; a quote in it is written twice or behind a backslash. */
function endOfString(text: string, from: number): number {
  let at = from;
  while (at < text.length && (text[at] !== "'" || text[at + 1] === "'"))
    at += text[at] === '\\' || text[at] === "'" ? 2 : 1;
  return Math.min(at, text.length);
}
