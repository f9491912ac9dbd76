import { UserError } from '../../domain/errors.ts';
import { DIRECTIONS, INVISIBLE } from '../../text/invisible.ts';

/** One word of a command line and where it began, counted from 1, so that an error can point at it. */
export interface Word {
  readonly text: string;
  readonly at: number;
  /** A quoted word is never an option: `"--all"` is text. */
  readonly quoted: boolean;
  /** It began with one typographic dash, which is a `-` or a `--`. */
  readonly isOneDash?: true;
}

/** Slack accepts about 3000 characters; anything much longer did not come from a keyboard. */
export const MAX_LINE = 4000;

// iOS and macOS turn what people type into typography; docker wants ASCII. In quotes, what was typed stays.
const DOUBLE = '\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033';
const SINGLE = '\u2018\u2019\u201a\u201b\u2032';
const TYPOGRAPHIC = /[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2018\u2019\u201a\u201b\u2032]/u;
const LONG_DASHES = /[\u2014\u2015]/u;
// A phone that made a dash of two hyphens leaves a third one behind it.
const DASH_AT_START = /^[\u2010-\u2015\u2212\ufe63\uff0d][-\u2010-\u2015\u2212\ufe63\uff0d]{0,2}(?=[\p{L}\d])/u;
const ONE_DASH = /^[\u2010-\u2015\u2212\ufe63\uff0d](?=[\p{L}\d])/u;
const SPACE = /[\t \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/u;
/** Names the variable a value is for: that of `-e` and `--env` is the program's, every character of it. */
const ENV_OPTION = /^(?:-e|--env)$/u;
const ENV_GLUED = /^(?:-e=?|--env=)[A-Za-z_]/u;

/** A quote that opens at an index of the line and is never closed. */
export class UnclosedQuote extends UserError {
  readonly open: number;

  constructor(quote: string, open: number) {
    super('bad_input', `The ${quote} at character ${open + 1} is never closed.`);
    this.open = open;
  }
}

/**
 * Splits a command line into words, undoing smart quotes and dashes.
 *
 * Quotes group only where a shell user means them to: at the start of a word or after `=`. An apostrophe inside a word
 * is a letter ("it's fine"). There is no expansion of any kind. What is in quotes stays as it was typed, and so does an
 * environment's value; elsewhere characters that nobody sees are left out. Throws a `UserError` for an unclosed quote,
 * saying where it opened, and for control characters.
 */
export function splitWords(line: string): Word[] {
  if (line.length > MAX_LINE) {
    throw new UserError('bad_input', `That is ${line.length} characters long; a command may have ${MAX_LINE}.`);
  }
  const text = line.toWellFormed();
  const bad = CONTROL.exec(text);
  if (bad) {
    throw new UserError(
      'bad_input',
      `There is a line break or control character at character ${bad.index + 1}. Put the command on one line.`,
    );
  }
  const words: Word[] = [];
  let index = 0;
  while (index < text.length) {
    if (SPACE.test(text.charAt(index))) {
      index += 1;
      continue;
    }
    const before = words.at(-1);
    const word = readWord(text, index, before !== undefined && !before.quoted && ENV_OPTION.test(before.text));
    const { end, ...read } = word;
    if (word.text !== '' || word.quoted) words.push({ ...read, at: index + 1 });
    index = end;
  }
  return words;
}

interface ReadWord extends Omit<Word, 'at'> {
  readonly end: number;
}

function readWord(text: string, start: number, isValue: boolean): ReadWord {
  const first = visibleFrom(text, start, isValue);
  const quoted = quoteAt(text, first) !== undefined;
  let end = start;
  while (end < text.length && !SPACE.test(text.charAt(end)) && !opensAt(text, end, first)) end += 1;
  const open = quoteAt(text, end);
  const typed = text.slice(start, end);
  const exact = isValue || ENV_GLUED.test(undoDash(typed));
  const plain = quoted ? '' : undoDash(straight(exact ? typed : typed.replace(INVISIBLE, '')));
  const dash = !quoted && ONE_DASH.test(typed) ? ({ isOneDash: true } as const) : {};
  if (open === undefined || end >= text.length) return { text: plain, end, quoted, ...dash };
  const close = closing(text, end, open);
  const value = text.slice(end + 1, close);
  const inside = unquote(exact ? value : value.replace(DIRECTIONS, ''), open);
  let after = close + 1;
  while (after < text.length && isInvisible(text, after)) after += 1;
  // A sentence's full stop behind the quotes is no part of them.
  if (!exact) after += /^[.,;:!?\u2026]*(?=\s|$)/u.exec(text.slice(after, after + 9))?.[0].length ?? 0;
  if (after < text.length && !SPACE.test(text.charAt(after))) {
    throw new UserError('bad_input', `The ${open} at character ${close + 1} must be followed by a space.`);
  }
  return { text: plain + inside, end: after, quoted, ...dash };
}

// A quote opens a word, or what is behind an equals sign.
function opensAt(text: string, index: number, first: number): boolean {
  return quoteAt(text, index) !== undefined && (index === first || text[index - 1] === '=');
}

const isInvisible = (text: string, index: number) => text.charAt(index).replace(INVISIBLE, '') === '';

/** The first character of a word that is seen: one that is not may stand before the quotes. */
function visibleFrom(text: string, start: number, isValue: boolean): number {
  let first = start;
  while (!isValue && first < text.length && isInvisible(text, first)) first += 1;
  return first;
}

/** The straight form of a quote; undefined where there is none. */
function quoteAt(text: string, index: number): '"' | "'" | undefined {
  const char = text.charAt(index);
  if (char === '') return undefined;
  if (char === '"' || DOUBLE.includes(char)) return '"';
  return char === "'" || SINGLE.includes(char) ? "'" : undefined;
}

function straight(text: string): string {
  if (!TYPOGRAPHIC.test(text)) return text;
  return Array.from(text, (char) => quoteAt(char, 0) ?? char).join('');
}

// A quote closes with its like: straight with straight, so that typographic ones can be in it. Where there is none, any will
// do: keyboards change one and not the other.
function closing(text: string, open: number, quote: string): number {
  const isStraight = text[open] === quote;
  const alike = (index: number) => quoteAt(text, index) === quote && (text[index] === quote) === isStraight;
  const found =
    closingWhere(text, open, quote, alike) ??
    closingWhere(text, open, quote, (index) => quoteAt(text, index) === quote);
  if (found !== undefined) return found;
  throw new UnclosedQuote(quote, open);
}

function closingWhere(text: string, open: number, quote: string, fits: (index: number) => boolean): number | undefined {
  let inside: number | undefined;
  for (let index = open + 1; index < text.length; index += 1) {
    if (text[index] === '\\' && quote === '"') index += 1;
    else if (fits(index)) {
      // A typographic apostrophe is the same character as a closing quote: the one before a space closes.
      const isEnd =
        index + 1 === text.length || SPACE.test(text.charAt(index + 1)) || quote === '"' || text[open] === quote;
      if (isEnd) return index;
      inside ??= index;
    }
  }
  return inside;
}

function unquote(text: string, quote: string): string {
  return quote === '"' ? text.replace(/\\(["\\])/gu, '$1') : text;
}

// Only at the start of a word: a dash inside a name is a dash. One long dash was two hyphens.
function undoDash(word: string): string {
  return word.replace(DASH_AT_START, (dash) => (dash.length > 1 || LONG_DASHES.test(dash) ? '--' : letterOrLong(word)));
}

// An en dash stands for "--" before a long name and for "-" before a single letter: "–a", "–filter".
function letterOrLong(word: string): string {
  return word.length === 2 || word[2] === '=' ? '-' : '--';
}

/** Typographic dashes as hyphens: in the name of an option they can be nothing else. */
export function hyphens(text: string): string {
  return text.replace(/[\u2010-\u2015\u2212\ufe63\uff0d]/gu, '-');
}

/** Writes words back as a line that `splitWords` reads as the same words: for buttons, the audit log and "try this". */
export function joinWords(words: readonly (string | Word)[]): string {
  return words
    .map((word) => {
      if (typeof word === 'string') return quoteWord(word);
      if (!word.quoted) return word.text.startsWith('-') ? quoteValue(word.text) : quoteWord(word.text);
      // Without its quotes it would be an option, a host or a question.
      return /^(?:[-@]|help$|\?$)/iu.test(word.text) ? quoted(word.text) : quoteWord(word.text);
    })
    .join(' ');
}

// In quotes as a whole it would be no option any more.
function quoteValue(option: string): string {
  const value = option.indexOf('=') + 1;
  return value === 0 || quoteWord(option) === option ? option : option.slice(0, value) + quoted(option.slice(value));
}

export function quoteWord(word: string): string {
  // An apostrophe inside a word is only a letter, so it needs no quoting there; typographic characters would be undone.
  if (/^[A-Za-z0-9_@%+:,./=-][A-Za-z0-9_@%+:,./-]*(?:=[A-Za-z0-9_@%+:,./-]+)*$/u.test(word) && word !== '') return word;
  return quoted(word);
}

/** In quotes whatever it is: never an option, a host or several words. */
export function quoted(word: string): string {
  return `"${word.replace(/["\\]/gu, '\\$&')}"`;
}
