import { Marks, Runs, tableOf } from './marks.ts';
import { WordIndex } from './word-index.ts';

/** Shorter values are words that stand in any text. */
const SHORTEST = 6;
/** Of a value of several lines, a line is masked alone if it is at least this long. */
const SHORTEST_LINE = 8;
const MOST_VALUES = 2000;
const BASE64 = tableOf('A-Za-z0-9+/_=-');

/** Masks values that are known to be secret, as they are and as programs write them: escaped, encoded, line by line. */
export function createMask(values: Iterable<string>): (text: string) => string {
  const plain = new Set<string>();
  const coded = new Set<string>();
  for (const value of [...new Set(values)].slice(0, MOST_VALUES)) {
    for (const form of [value, ...linesOf(value)]) {
      if (form.length < SHORTEST) continue;
      for (const spelling of spellings(form)) plain.add(spelling);
      for (const core of base64Cores(form)) coded.add(core);
    }
  }
  const index = new WordIndex([...plain, ...coded]);
  const isCoded = (word: string) => coded.has(word) && !plain.has(word);
  return (text) => {
    if (!index.has(text)) return text;
    const marks = new Marks();
    const runs = new Runs(text, BASE64);
    let runStart = 0;
    for (const { word, at } of index.all(text)) {
      if (!text.startsWith(word, at)) continue;
      if (!isCoded(word)) {
        marks.mark(at, at + word.length);
        continue;
      }
      // The characters around the core have bits of the value too, and the rest of the run is no use to a reader.
      let from = at;
      while (from > runStart && runs.has(from - 1)) from -= 1;
      runStart = runs.end(at);
      marks.mark(from, runStart);
    }
    return marks.over(text);
  };
}

function linesOf(value: string): string[] {
  const lines = value.split(/\r?\n|\\n/u).map((line) => line.trim());
  return lines.length < 2 ? [] : lines.filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
}

function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(/[\u007f-\uffff]/gu, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  const url = encodeURIComponent(value.toWellFormed());
  const strict = url.replace(/[!'()*]/gu, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const hex = Buffer.from(value).toString('hex');
  const all = [
    ...[value, json, ascii, json.replaceAll('/', '\\/'), JSON.stringify(json).slice(1, -1)],
    ...[url, strict, url.replaceAll('%20', '+'), strict.replaceAll('%20', '+')].flatMap((text) => [
      text,
      lowered(text),
    ]),
    ...[hex, hex.toUpperCase()],
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    value.replaceAll("'", "'\\''"),
  ];
  return [...new Set(all)];
}

function lowered(url: string): string {
  return url.replace(/%[0-9A-F]{2}/gu, (code) => code.toLowerCase());
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
