/**
 * Cutting of text that people read. Lengths are counted in UTF-16 units: Slack does not say what it counts, and no other
 * count is larger.
 */

let graphemes: Intl.Segmenter | undefined;
/** Text looked at around a cut, in UTF-16 units. Segmenting all of a long text takes seconds. */
const BEFORE = 1024;
const AFTER = 256;
/** A longer cluster is no character anybody typed (a letter under thousands of accents), and is cut between code points. */
const MOST_CLUSTER = 128;

/** The beginning of `text` in at most `most` UTF-16 units, with `ending` for what was cut off. Always well-formed. */
export function cut(text: string, most: number, ending = '…'): string {
  const whole = text.toWellFormed();
  if (whole.length <= most) return whole;
  const kept = ending.length <= most ? ending : '';
  return `${whole.slice(0, boundary(whole, Math.max(0, most - kept.length)).before)}${kept}`;
}

const SEPARATOR = /[\s"'`/:@=,;&?|()[\]{}<>]/u;

/**
 * The beginning of a text whose secrets are hidden later: the word that the cut would split is left out, since half of a
 * secret is not recognized. A text of one long word is cut within it.
 */
export function cutBetweenWords(text: string, most: number, ending = '…'): string {
  const short = cut(text, most, ending);
  if (text.length <= most) return short;
  let end = short.length - ending.length;
  if (SEPARATOR.test(text[end] ?? ' ')) return short;
  while (end > 0 && !SEPARATOR.test(short[end - 1] ?? '')) end -= 1;
  return end === 0 ? short : `${short.slice(0, end)}${ending}`;
}

/** The end of `text` in at most `most` UTF-16 units, with `beginning` for what was cut off. Always well-formed. */
export function cutStart(text: string, most: number, beginning = '…'): string {
  const whole = text.toWellFormed();
  if (whole.length <= most) return whole;
  const kept = beginning.length <= most ? beginning : '';
  return `${kept}${whole.slice(boundary(whole, whole.length - Math.max(0, most - kept.length)).after)}`;
}

/**
 * UTF-16 units that are read beyond a cut and hidden with what is shown. Where a text goes on beyond what was read, this
 * much of its end is left out: a secret may go on there.
 */
export const MARGIN = 8192;

/** The beginning of `text` with its secrets hidden, in at most `most` UTF-16 units; none is shown in part for the cut. */
export function cutHidden(text: string, most: number, redact: (text: string) => string): string {
  const read = text.slice(0, most + MARGIN);
  return cutRedacted(redact(read), most, read.length === text.length);
}

/** The same of text that is redacted already; `isWhole` is false where it was cut before that. */
export function cutRedacted(redacted: string, most: number, isWhole: boolean, ending = '…'): string {
  return cut(redacted, isWhole ? most : Math.min(most, Math.max(ending.length, redacted.length - MARGIN)), ending);
}

interface Boundary {
  readonly before: number;
  readonly after: number;
}

/** The nearest places around `at` that are not inside a character as a reader sees it. Takes well-formed text. */
function boundary(text: string, at: number): Boundary {
  if (at <= 0 || at >= text.length) return { before: at, after: at };
  const start = windowStart(text, at);
  // Made for the first text that is cut: it takes longer to make than most of a start.
  graphemes ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  const found = graphemes.segment(text.slice(start, codePointAfter(text, at + AFTER))).containing(at - start);
  if (found === undefined || found.segment.length > MOST_CLUSTER)
    return { before: codePointBefore(text, at), after: codePointAfter(text, at) };
  const before = start + found.index;
  return { before, after: before === at ? at : before + found.segment.length };
}

function windowStart(text: string, at: number): number {
  let start = codePointBefore(text, Math.max(0, at - BEFORE));
  // A flag is a pair of letters: which of them pair up is only known from the first one of a row.
  while (start >= 2 && isFlagLetter(text, start) && isFlagLetter(text, start - 2)) start -= 2;
  return start;
}

function isFlagLetter(text: string, at: number): boolean {
  const point = text.codePointAt(at) ?? 0;
  return point >= 0x1f1e6 && point <= 0x1f1ff;
}

const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
const codePointBefore = (text: string, at: number) => (isLow(text.charCodeAt(at)) ? at - 1 : at);
const codePointAfter = (text: string, at: number) => (isLow(text.charCodeAt(at)) ? at + 1 : at);
