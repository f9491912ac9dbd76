import type { Redact } from '../../../policy/redact.ts';

export const MASKED = '***';
/** Words of a command line, and the length of one, that are masked together. */
export const MOST_WORDS = 2000;
const MOST_LINE = 64_000;

/**
 * Words of a command line with its secrets masked, each in its place: a word that is a secret by itself is masked in part, one
 * that is only for the word before it (`--password hunter2`) as a whole.
 */
export function maskedWords(words: readonly string[], redact: Redact): string[] {
  const line = words.join(' ');
  // Nobody reads a line that long, and masking it would keep the event loop.
  if (words.length > MOST_WORDS || line.length > MOST_LINE) return words.map(() => MASKED);
  const alone = words.map(redact);
  const together = redact(line);
  if (together === line || together === alone.join(' ')) return alone;
  let from = 0;
  return words.map((word, index) => {
    const own = alone[index] ?? MASKED;
    const shown = [word, own].find((one) => one !== '' && isNext(together, one, from));
    from = shown === undefined ? nextSpace(together, from + 1) : together.indexOf(shown, from) + shown.length;
    return own !== word || shown === word || word === '' ? own : MASKED;
  });
}

/** Whether a word comes next in a line, behind nothing but white space. */
function isNext(line: string, word: string, from: number): boolean {
  const at = line.indexOf(word, from);
  return at >= 0 && line.slice(from, at).trim() === '';
}

function nextSpace(text: string, from: number): number {
  const at = text.indexOf(' ', from);
  return at < 0 ? text.length : at;
}
