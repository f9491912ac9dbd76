import { Marks, Runs, tableOf } from './marks.ts';
import { isWrapped, piecesOf } from './pieces.ts';
import { WordIndex } from './word-index.ts';
import { markWrapped } from './wrapped.ts';

/** Shorter values are words that stand in any text. */
const SHORTEST = 6;
/** Of a value of several lines, a line is masked alone if it is at least this long. */
const SHORTEST_LINE = 8;
/** Values and lines of values that are looked for: a container may have megabytes of variables. */
const MOST_FORMS = 10_000;
const MOST_CHARS = 512 * 1024;
/** Of them, those that are looked for in other spellings too, and those that are where they are encoded twice. */
const MOST_SPELLED = 1000;
const MOST_SPELLED_CHARS = 64 * 1024;
const MOST_NESTED = 50;
const MOST_NESTED_CHARS = 256;
const BASE64 = tableOf('A-Za-z0-9+/_=-');

/** Masks values that are known to be secret, as they are and as programs write them: escaped, encoded, line by line. */
export function createMask(values: Iterable<string>): (text: string) => string {
  const plain = new Set<string>();
  const coded = new Set<string>();
  let chars = 0;
  for (const [place, form] of formsOf(values).entries()) {
    plain.add(form);
    chars += form.length;
    if (place >= MOST_SPELLED || chars > MOST_SPELLED_CHARS) continue;
    const nested = place < MOST_NESTED && form.length <= MOST_NESTED_CHARS;
    for (const spelling of spellings(form, nested)) plain.add(spelling);
    for (const core of base64Cores(form)) {
      coded.add(core);
      // As Kubernetes keeps what docker's config has in base64 already.
      if (nested) for (const again of base64Cores(core)) coded.add(again);
    }
  }
  const pieces = piecesOf(coded);
  const index = new WordIndex([...plain, ...coded, ...pieces.heads.keys(), ...pieces.tails.keys()]);
  return (text) => {
    if (!index.has(text)) return text;
    const marks = new Marks();
    const runs = new Runs(text, BASE64);
    let runStart = 0;
    for (const { word, at } of index.all(text)) {
      if (!text.startsWith(word, at)) continue;
      if (plain.has(word)) {
        marks.mark(at, at + word.length);
        continue;
      }
      if (!coded.has(word) && !isWrapped({ text, word, at, runs }, pieces)) continue;
      // The characters around the core have bits of the value too, and the rest of the run is no use to a reader.
      let from = at;
      while (from > runStart && runs.has(from - 1)) from -= 1;
      runStart = runs.end(at);
      marks.mark(from, runStart);
    }
    if (text.includes('\n')) markWrapped(text, marks);
    return marks.over(text);
  };
}

/** What to look for, short ones first: a huge value that somebody sets must not push the others out. */
function formsOf(values: Iterable<string>): string[] {
  const all = [...new Set(values)].toSorted((a, b) => a.length - b.length);
  const out = new Set<string>();
  let room = MOST_CHARS;
  for (const value of all) {
    for (const form of value.length <= room ? [value, ...linesOf(value)] : linesOf(value.slice(0, room))) {
      if (form.length < SHORTEST || out.has(form)) continue;
      room -= form.length;
      if (room < 0 || out.size === MOST_FORMS) return [...out];
      out.add(form);
    }
  }
  return [...out];
}

function linesOf(value: string): string[] {
  const lines = value.split(/\r?\n|\\n/u).map((line) => line.trim());
  return lines.length < 2 ? [] : lines.filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
}

/** As programs write it: in JSON, in addresses, in HTML, for a shell, in hex, and in one of these within another. */
function spellings(value: string, nested: boolean): Set<string> {
  const hex = Buffer.from(value).toString('hex');
  // Written the same everywhere.
  if (/^[\w.-]*$/u.test(value)) return new Set([value, hex, hex.toUpperCase()]);
  const once = [...inJson(value), ...inUrl(value)];
  const html = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return new Set([
    ...[value, hex, hex.toUpperCase(), html.replaceAll('"', '&quot;'), html.replaceAll('"', '&#34;')],
    ...[value.replaceAll("'", "'\\''"), value.replace(/[^\w@%+=:,./-]/gu, (char) => `\\${char}`)],
    ...once,
    ...(nested
      ? once.flatMap((text) => [escaped(text), escaped(escaped(text)), ...inUrl(text)])
      : [escaped(escaped(value))]),
  ]);
}

const escaped = (text: string) => JSON.stringify(text).slice(1, -1);

/** With letters beyond ASCII as they are, or escaped; Go escapes what HTML would read as well, and PHP slashes. */
function inJson(value: string): string[] {
  const json = escaped(value);
  const forms = [json, json.replaceAll('/', '\\/'), codes(json, /[<>&]/gu)];
  const ascii = [json, codes(json, /[<>&]/gu)].map((form) => codes(form, /[\u007f-\uffff]/gu));
  return [...forms, ...ascii, ...ascii.map((form) => form.replace(/\\u[0-9a-f]{4}/gu, raised))];
}

const codes = (text: string, which: RegExp) =>
  text.replace(which, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
const raised = (code: string) => `\\u${code.slice(2).toUpperCase()}`;

function inUrl(value: string): string[] {
  const url = encodeURIComponent(value.toWellFormed());
  const strict = url.replace(/[!'()*]/gu, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const all = [url, strict, url.replaceAll('%20', '+'), strict.replaceAll('%20', '+')];
  return all.flatMap((text) => [text, text.replace(/%[0-9A-F]{2}/gu, (code) => code.toLowerCase())]);
}

/** What base64 makes of a value wherever in a longer text it begins: only the characters that are wholly its own. */
function base64Cores(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=/gu, '');
    const core = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return core.length < SHORTEST ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
