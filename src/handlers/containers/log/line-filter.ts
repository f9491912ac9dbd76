import { UserError } from '../../../domain/errors.ts';
import { re2 } from '../../../domain/re2.ts';
import { cut } from '../../../text/cut.ts';
import { neededWords } from './needed-words.ts';

export interface LineFilter {
  (line: string): boolean;
  /** Words of which every line that passes has at least one; none when nothing is known. */
  readonly needs: readonly string[];
}

type Matches = (line: string) => boolean;

/**
 * Compiles `--grep`. The matcher is RE2's: time grows with the length of the line and never runs away. What needs
 * backtracking (look-around, back-references) it cannot do, and that is refused here in words.
 */
export function compileFilter(pattern: string | undefined, invert: boolean): LineFilter {
  if (pattern === undefined) return Object.assign(() => true, { needs: [] });
  const matches = literal(pattern) ?? expression(pattern);
  if (invert) return Object.assign((line: string) => !matches(line), { needs: [] });
  return Object.assign(matches, { needs: neededWords(pattern) });
}

// Most searches are a plain word, which needs no matcher at all.
function literal(pattern: string): Matches | undefined {
  return /[\\^$.|?*+()[\]{}]/u.test(pattern) ? undefined : (line) => line.includes(pattern);
}

function expression(pattern: string): Matches {
  const { RE2JS, RE2JSException } = re2();
  try {
    const compiled = RE2JS.compile(pattern);
    return (line) => compiled.test(line);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const backtracks = /\(\?[=!<]|\\[1-9]/u.test(pattern);
    const why = backtracks
      ? 'look-around and back-references could run away on a long line, so they are not taken'
      : error.message.replace(/^error parsing regexp:\s*/u, '');
    throw new UserError(
      'bad_input',
      `\`--grep\` cannot use that pattern: ${cut(why, 200)}.`,
      'Patterns are RE2: https://github.com/google/re2/wiki/Syntax',
    );
  }
}
