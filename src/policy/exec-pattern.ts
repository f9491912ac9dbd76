import type { WordPattern } from '../config.ts';
import { matchesPattern } from '../domain/glob.ts';
import { re2 } from '../domain/re2.ts';

/** Longer words match no pattern with stars, in UTF-16 units: comparing parts of paths is quadratic in them. */
const MOST_GLOBBED = 512;

/** Whether a command, as the words the kernel will get, is one of a pattern. Joined text is never compared. */
export function fitsCommand(patterns: readonly WordPattern[], argv: readonly string[]): boolean {
  const isOpen = patterns.at(-1)?.kind === 'rest';
  const fixed = isOpen ? patterns.slice(0, -1) : patterns;
  if (isOpen ? argv.length < fixed.length : argv.length !== fixed.length) return false;
  return fixed.every((pattern, index) => fitsWord(pattern, argv[index] ?? ''));
}

function fitsWord(pattern: WordPattern, word: string): boolean {
  if (pattern.kind === 'exact') return word === pattern.text;
  if (pattern.kind === 're2') return re2().RE2JS.compile(pattern.text).matches(word);
  return pattern.kind === 'glob' && fitsGlob(pattern.text, word);
}

/**
 * Whether `*` makes the pattern the text. What would change a command's meaning is no star's: an option where the pattern
 * begins with a star, and a path that climbs.
 */
export function fitsGlob(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  if (text.length > MOST_GLOBBED || (pattern.startsWith('*') && text.startsWith('-'))) return false;
  if (text.split('/').some((part) => part === '..' || part === '.')) return false;
  return matchesPattern(pattern, text);
}

/** A pattern as it is written, for people. */
export function sayPattern(patterns: readonly WordPattern[]): string {
  return patterns
    .map((pattern) => {
      if (pattern.kind === 'rest') return '...';
      return pattern.kind === 're2' ? `/${pattern.text}/` : pattern.text;
    })
    .join(' ');
}
