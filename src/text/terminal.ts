/** Sequences a terminal acts on, by the letter they end with, and those of a title or a link. */
const SEQUENCE =
  /\u001b\[([0-9:;<=>?]{0,64})[ -/]{0,8}([@-~])|\u001b\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|\u001b[ -/]{0,8}[0-~]/gu;
/** What moves the cursor or erases, so that what was written is not what is seen. */
const MOVES = /[\b\r]|\u001b\[[0-9;]{0,64}[CDGK]/u;
/** A cursor goes no further right than this beyond what is written there. */
const MOST_COLUMNS = 256;
/** Takes two columns: letters of East Asia and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Belongs to the character before it. */
const FIRST_ATTACHED = '\u0300';
const ATTACHED = /\p{M}|\p{Emoji_Modifier}|\u200d|\u200c|[\u{e0020}-\u{e007f}]/u;

/**
 * One line of a program's output as a terminal shows it at its end: a carriage return goes back to its beginning and what
 * comes then is written over what was there, a backspace goes back by one, and what is erased is gone. Colours and titles
 * are left out. Linear in the length of the line.
 */
export function terminalLine(line: string): string {
  if (!MOVES.test(line)) return line.includes('\u001b') ? line.replace(SEQUENCE, '') : line;
  const screen = new Row();
  let at = 0;
  for (const found of line.matchAll(SEQUENCE)) {
    screen.write(line.slice(at, found.index));
    if (found[2] !== undefined) screen.act(found[2], found[1] ?? '');
    at = found.index + found[0].length;
  }
  screen.write(line.slice(at));
  return screen.text();
}

/**
 * The same without what `redact` hides. What is written over is hidden before, as it could stay there by half, and what is
 * seen is hidden again, as it could have been put together from parts.
 */
export function shownLine(line: string, redact: (text: string) => string): string {
  if (!MOVES.test(line)) return redact(terminalLine(line));
  const hidden = line.split('\r').map((part) => {
    const bare = part.replace(SEQUENCE, '').replaceAll('\b', '');
    const clean = redact(bare);
    return clean === bare ? part : clean;
  });
  return redact(terminalLine(hidden.join('\r')));
}

/** Text without colours, titles and links; what moves the cursor or erases stays. */
export function withoutStyles(text: string): string {
  return text.includes('\u001b') ? text.replace(SEQUENCE, (sequence) => (MOVES.test(sequence) ? sequence : '')) : text;
}

/** A row of a screen: one cell for each column, empty where a wide character takes two. */
class Row {
  readonly #cells: string[] = [];
  #at = 0;

  write(text: string): void {
    for (const char of text) {
      if (char === '\r') this.#at = 0;
      else if (char === '\b') this.#at = Math.max(0, this.#at - 1);
      else if (char === '\t' || char >= ' ') this.#put(char);
    }
  }

  #put(char: string): void {
    const last = this.#cells[this.#at - 1] === '' ? this.#at - 2 : this.#at - 1;
    const before = this.#cells[last];
    if (char >= FIRST_ATTACHED && before !== undefined && (ATTACHED.test(char) || before.endsWith('\u200d'))) {
      this.#cells[last] = before + char;
      return;
    }
    this.#set(char);
    if (char >= FIRST_ATTACHED && WIDE.test(char)) this.#set('');
  }

  #set(char: string): void {
    while (this.#cells.length < this.#at) this.#cells.push(' ');
    // Half of a wide character that is written over is blank.
    if (char !== '' && this.#cells[this.#at] === '') this.#cells[this.#at - 1] = ' ';
    if (this.#cells[this.#at + 1] === '') this.#cells[this.#at + 1] = ' ';
    this.#cells[this.#at] = char;
    this.#at += 1;
  }

  act(letter: string, given: string): void {
    const count = Number(/^\d{1,6}/u.exec(given)?.[0] ?? (letter === 'K' ? 0 : 1));
    const furthest = Math.max(this.#cells.length, MOST_COLUMNS);
    if (letter === 'C') this.#at = Math.min(furthest, this.#at + Math.max(1, count));
    else if (letter === 'D') this.#at = Math.max(0, this.#at - Math.max(1, count));
    else if (letter === 'G') this.#at = Math.min(furthest, Math.max(1, count) - 1);
    else if (letter === 'K') this.#erase(count);
  }

  #erase(what: number): void {
    if (what === 0) this.#cells.length = Math.min(this.#cells.length, this.#at);
    // As far as anybody draws a bar: erasing all of a long line again and again would not be linear.
    else if (what === 1) this.#cells.fill(' ', 0, Math.min(this.#at + 1, this.#cells.length, MOST_COLUMNS));
    else if (what === 2) this.#cells.length = 0;
  }

  text(): string {
    return this.#cells.join('');
  }
}
