/** Shorter ones are in nearly every line, so looking for them first gains nothing. */
const SHORTEST = 2;

/**
 * Words of which every text that matches an RE2 pattern has at least one: for `timeout|refus(ed|al)` these are `timeout`
 * and `refus`. Letters and digits only. None when the pattern says no such thing, or says it in a way not understood here:
 * then every line has to be looked at.
 */
export function neededWords(pattern: string): readonly string[] {
  // Flags and named groups: with (?i) letters do not mean themselves.
  if (pattern.includes('(?')) return [];
  const words: string[] = [];
  let longest = '';
  let run = '';
  const breakRun = () => {
    if (run.length > longest.length) longest = run;
    run = '';
  };
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at] as string;
    const end = endOfPart(pattern, at);
    if (end === undefined) return [];
    const isLetter = /^[A-Za-z0-9]$/u.test(char);
    // What follows may make it one that need not be there.
    if (isLetter && !/^[*?{]/u.test(pattern.slice(end))) run += char;
    else breakRun();
    if (char === '|') {
      if (longest.length < SHORTEST) return [];
      words.push(longest);
      longest = '';
    }
    at = end;
  }
  breakRun();
  return longest.length < SHORTEST ? [] : [...words, longest];
}

/** Where the letter, escape, class, group or count that begins here ends; undefined when that is not certain. */
function endOfPart(pattern: string, at: number): number | undefined {
  const rest = pattern.slice(at);
  if (rest.startsWith('(')) return endOfGroup(pattern, at);
  if (rest.startsWith('[')) return endOf(/^\[\^?\]?(?:\\[^A-Za-z0-9]|\\[dDwWsS]|[^\]\\[])*\]/u, rest, at);
  if (rest.startsWith('\\')) return endOf(/^\\(?:[^A-Za-z0-9]|[dDwWsSbB])/u, rest, at);
  if (rest.startsWith('{')) return at + (/^\{[\d,]*\}/u.exec(rest)?.[0].length ?? 1);
  return at + 1;
}

function endOf(part: RegExp, rest: string, at: number): number | undefined {
  const found = part.exec(rest);
  return found ? at + found[0].length : undefined;
}

function endOfGroup(pattern: string, open: number): number | undefined {
  let at = open + 1;
  while (at < pattern.length && pattern[at] !== ')') {
    const end = endOfPart(pattern, at);
    if (end === undefined) return undefined;
    at = end;
  }
  return at < pattern.length ? at + 1 : undefined;
}
