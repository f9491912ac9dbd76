import { UserError } from '../errors.ts';

/** One word of a command line and where it began, counted from 1, so that an error can point at it. */
export interface Word {
  readonly text: string;
  readonly at: number;
  /** A quoted word is never an option: `"--all"` is text. */
  readonly quoted: boolean;
}

/** Slack accepts about 3000 characters; anything much longer did not come from a keyboard. */
export const MAX_LINE = 4000;

// iOS and macOS turn what people type into typography; docker wants ASCII.
const DOUBLE = /[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033]/gu;
const SINGLE = /[\u2018\u2019\u201a\u201b\u2032]/gu;
const DASH_AT_START = /^(?:[\u2014\u2015]|[\u2012\u2013\u2212]{1,2})(?=\p{L})/u;
// Marks that change how a line looks but not what it says: bidirectional controls, zero-width characters, BOM.
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * Splits a command line into words, undoing smart quotes and dashes.
 *
 * Quotes group only where a shell user means them to: at the start of a word or after `=`. An apostrophe inside a word
 * is a letter ("it's fine"). There is no expansion of any kind. Throws a `UserError` for an unclosed quote, saying
 * where it opened, and for control characters.
 */
export function splitWords(line: string): Word[] {
  if (line.length > MAX_LINE) {
    throw new UserError('bad_input', `That is ${line.length} characters long; a command may have ${MAX_LINE}.`);
  }
  const text = line
    .replace(DOUBLE, '"')
    .replace(SINGLE, "'")
    .replace(INVISIBLE, '')
    .replace(/[\t\u00a0]/gu, ' ');
  const bad = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u.exec(text);
  if (bad) {
    throw new UserError(
      'bad_input',
      `There is a line break or control character at character ${bad.index + 1}. Put the command on one line.`,
    );
  }
  const words: Word[] = [];
  let index = 0;
  while (index < text.length) {
    if (text[index] === ' ') {
      index += 1;
      continue;
    }
    const word = readWord(text, index);
    words.push({ text: word.quoted ? word.text : undoDash(word.text), at: index + 1, quoted: word.quoted });
    index = word.end;
  }
  return words;
}

function readWord(text: string, start: number): { text: string; end: number; quoted: boolean } {
  let out = '';
  let index = start;
  const quoted = text[start] === '"' || text[start] === "'";
  while (index < text.length && text[index] !== ' ') {
    const char = text[index] as string;
    const opens = (char === '"' || char === "'") && (index === start || text[index - 1] === '=');
    if (!opens) {
      out += char;
      index += 1;
      continue;
    }
    const close = closing(text, index, char);
    out += unquote(text.slice(index + 1, close), char);
    index = close + 1;
    if (index < text.length && text[index] !== ' ') {
      throw new UserError('bad_input', `The ${char} at character ${index} must be followed by a space.`);
    }
  }
  return { text: out, end: index, quoted };
}

function closing(text: string, open: number, quote: string): number {
  for (let index = open + 1; index < text.length; index += 1) {
    if (text[index] === '\\' && quote === '"') index += 1;
    else if (text[index] === quote) return index;
  }
  throw new UserError('bad_input', `The ${quote} at character ${open + 1} is never closed.`);
}

function unquote(text: string, quote: string): string {
  return quote === '"' ? text.replace(/\\(["\\])/gu, '$1') : text;
}

// Only at the start of a word: a dash inside a name is a dash. One long dash was two hyphens.
function undoDash(word: string): string {
  return word.replace(DASH_AT_START, (dash) =>
    dash.length === 2 || /[\u2014\u2015]/u.test(dash) ? '--' : letterOrLong(word),
  );
}

// An en dash stands for "--" before a long name and for "-" before a single letter: "–a", "–filter".
function letterOrLong(word: string): string {
  return word.length === 2 || word[2] === '=' ? '-' : '--';
}

/** Writes words back as a line that `splitWords` reads as the same words: for buttons, the audit log and "try this". */
export function joinWords(words: readonly (string | Word)[]): string {
  return words
    .map((word) => {
      if (typeof word === 'string') return quoteWord(word);
      // Without its quotes it would be an option or a host.
      return word.quoted && /^[-@]/u.test(word.text) ? quoted(word.text) : quoteWord(word.text);
    })
    .join(' ');
}

export function quoteWord(word: string): string {
  // An apostrophe inside a word is only a letter, so it needs no quoting there; typographic characters would be undone.
  if (/^[A-Za-z0-9_@%+:,./=-][A-Za-z0-9_@%+:,./-]*(?:=[A-Za-z0-9_@%+:,./-]+)*$/u.test(word) && word !== '') return word;
  return quoted(word);
}

function quoted(word: string): string {
  return `"${word.replace(/["\\]/gu, '\\$&')}"`;
}
