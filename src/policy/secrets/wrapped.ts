import type { Marks } from './marks.ts';

/** A shorter end of a masked value is none that a program would wrap. */
const SHORTEST = 40;
const LONG = /^[A-Za-z0-9+/=_.-]{40}$/u;
const MOST_LINE = 4096;
const MOST_LINES = 400;
/** A line with nothing but letters of base64, behind an indent, and what closes a string. */
const ONLY = /^[ \t]{0,40}([A-Za-z0-9+/_.-]{1,4096}={0,2})["',;)}\]]{0,4}[ \t\r]{0,4}$/u;

/** Whether letters look like a piece of a value in base64: of both kinds, and digits. */
export function isPiece(text: string): boolean {
  return text.length >= 8 && /\d/u.test(text) && /[a-z]/u.test(text) && /[A-Z]/u.test(text);
}

/** Marks the next lines where a long value that is masked up to the end of its line was wrapped. */
export function markWrapped(text: string, marks: Marks): void {
  let done = 0;
  for (const end of marks.ends.toSorted((a, b) => a - b)) {
    const line = nextLine(text, end);
    if (line === undefined || end < done) continue;
    const last = text.slice(Math.max(0, end - SHORTEST), end);
    if (LONG.test(last)) done = markPieces(text, line, last, marks);
  }
}

function markPieces(text: string, first: number, before: string, marks: Marks): number {
  let at = first;
  let width = 0;
  for (let lines = 0; lines < MOST_LINES && at < text.length; lines += 1) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const piece = end - at > MOST_LINE ? undefined : ONLY.exec(text.slice(at, end))?.[1];
    if (piece === undefined || !goesOn(piece, before, width)) return at;
    const from = text.indexOf(piece, at);
    marks.mark(from, from + piece.length);
    // The last piece is shorter than those before it.
    if (piece.length < width || newline < 0) return end;
    width = piece.length;
    at = end + 1;
  }
  return at;
}

/** `width` is that of the pieces before; 0 for the first one. */
function goesOn(piece: string, before: string, width: number): boolean {
  if (isPiece(piece)) return width === 0 || piece.length <= width;
  if (/^[0-9a-f]{32,4096}$/u.test(piece) && /^[0-9a-f]{40}$/u.test(before)) return true;
  return width >= SHORTEST && piece.length < width && /[\d=+/]|[a-z][A-Z]/u.test(piece);
}

/** Where the next line begins, if nothing but what closes a string is left of this one. */
function nextLine(text: string, end: number): number | undefined {
  const rest = /^["'\\]{0,2}[ \t]{0,4}[+\\]?\r?\n/u.exec(text.slice(end, end + 12))?.[0];
  return rest === undefined ? undefined : end + rest.length;
}
