/** The longest text that is parsed, in characters; the parser takes under 100 ms for it. */
export const MOST_TEXT = 40_000;
export const MOST_LINES = 1000;

/** Why a text is not parsed. */
export type Unreadable = 'empty' | 'too-long' | 'too-many-lines' | 'not-text';

/** Why a text cannot be parsed; undefined when it can. */
export function whyUnreadable(text: string): Unreadable | undefined {
  if (text.length > MOST_TEXT) return 'too-long';
  if (text.includes('\0')) return 'not-text';
  if (text.split('\n', MOST_LINES + 1).length > MOST_LINES) return 'too-many-lines';
  return text.trim() === '' ? 'empty' : undefined;
}
