/** Text as Docker hands it on, without continuation marks and the comments between them, and where each character is from. */
export interface Logical {
  readonly text: string;
  /** The offset in the file of the character at `index`. */
  offset(index: number): number;
}

/** Joins the lines of an instruction between two offsets. Takes time in proportion to their distance. */
export function logicalText(file: string, from: number, to: number, escapeMark: string): Logical {
  const pieces: string[] = [];
  const starts: { readonly index: number; readonly at: number }[] = [];
  let length = 0;
  const keep = (start: number, end: number) => {
    if (end <= start) return;
    pieces.push(file.slice(start, end));
    starts.push({ index: length, at: start });
    length += end - start;
  };
  let start = from;
  for (let at = from; at < to; at += 1) {
    if (file[at] !== escapeMark) continue;
    const newline = endOfBlank(file, at + 1, to);
    if (newline === undefined) continue;
    keep(start, at);
    start = skipComments(file, newline + 1, to);
    at = start - 1;
  }
  keep(start, to);
  return { text: pieces.join(''), offset: (index) => offsetIn(starts, index, from) };
}

/** The line break that only spaces stand before; undefined when there is something else. */
function endOfBlank(file: string, from: number, to: number): number | undefined {
  let at = from;
  while (at < to && (file[at] === ' ' || file[at] === '\t')) at += 1;
  return at < to && file[at] === '\n' ? at : undefined;
}

/** Behind the comments and empty lines that stand between the lines of an instruction. */
function skipComments(file: string, from: number, to: number): number {
  let line = from;
  while (line < to) {
    let at = line;
    while (at < to && (file[at] === ' ' || file[at] === '\t')) at += 1;
    if (file[at] !== '#' && file[at] !== '\n') return line;
    const end = file.indexOf('\n', at);
    if (end < 0 || end >= to) return to;
    line = end + 1;
  }
  return Math.min(line, to);
}

function offsetIn(
  starts: readonly { readonly index: number; readonly at: number }[],
  index: number,
  otherwise: number,
): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle]?.index ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  const piece = starts[low];
  return piece === undefined ? otherwise : piece.at + index - piece.index;
}
