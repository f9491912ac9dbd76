import type { Mark } from './marks.ts';
import { kindOf } from './names.ts';
import { isSecret, looksRandom } from './values.ts';

const INSERT =
  /\b(?:insert|replace)(?: ignore)? into [`"[]?([\w.]{1,100})[`"\]]? {0,4}(?:\(([^()]{1,1000})\) {0,4})?values? {0,4}(?=\()/giu;
const ABOUT_PEOPLE = /user|account|login|member|customer/iu;
const ABOUT_SECRETS = /credential|token|secret|password|api_?key|session/iu;
const NO_PASSWORD =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-.{22}|\d{4}-\d\d-\d\dT.{1,30}|v?\d{1,4}\..{1,40}|[A-Za-z]{1,30}[_-]?\d{1,4})$/u;
/** Values of one statement that are looked at. */
const MOST_VALUES = 2000;

/** Marks the passwords in the rows of SQL's `INSERT`: by the names of its columns, or by their looks in a table of people. */
export function markInserts(text: string, mark: Mark): void {
  let done = 0;
  for (const match of text.matchAll(INSERT)) {
    if (match.index < done) continue;
    const [whole, table = '', columns] = match;
    const kinds = columns?.split(',').map((name) => kindOf(name.replace(/[\s`"[\]]/gu, '')));
    const isLikely = columns === undefined ? likelyIn(table) : undefined;
    const from = match.index + whole.length;
    done = eachValue(text, from, (value, column) => {
      const kind = kinds?.[column];
      const { said, at } = value;
      if (kind === undefined ? isLikely?.(said) : isSecret(said, kind, false)) mark(at, at + said.length);
    });
  }
}

/** How secrets look in a table whose columns are not named; undefined for one that has none. */
function likelyIn(table: string): ((value: string) => boolean) | undefined {
  if (ABOUT_SECRETS.test(table)) return (value) => isTyped(value, 6);
  if (ABOUT_PEOPLE.test(table))
    return (value) => isTyped(value, 8) && (looksRandom(value) || /[A-Z!#$%^&*]/u.test(value));
  return undefined;
}

/** Small letters and digits in one word that is no date, address, path, UUID or version. */
function isTyped(value: string, least: number): boolean {
  if (value.length < least || NO_PASSWORD.test(value)) return false;
  return looksRandom(value) || /^(?=.{0,80}[a-z])(?=.{0,80}\d)[^\s@/:,]{1,80}$/u.test(value);
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
