import { damaged } from './damaged.ts';
import { bounded } from './header.ts';

/** What extended headers say about the entry that follows them. */
export interface Extended {
  name?: string;
  link?: string;
  size?: number;
}

const SPACE = 32;
const EQUALS = 61;
const NEWLINE = 10;

/** Reads the records of a pax header, `25 path=usr/share/doc…\n`. Throws a `CutOff` for what is none. */
export function readPax(bytes: Buffer, into: Extended): void {
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const space = bytes.indexOf(SPACE, at);
    const length = space < 0 || space - at > 8 ? Number.NaN : Number(bytes.toString('latin1', at, space));
    const end = at + length;
    if (!(end > space + 1 && end <= bytes.length) || bytes[end - 1] !== NEWLINE)
      throw damaged('an extended header is broken');
    const equals = bytes.indexOf(EQUALS, space);
    if (equals < 0 || equals >= end) throw damaged('an extended header is broken');
    take(bytes.toString('latin1', space + 1, equals), bytes.subarray(equals + 1, end - 1), into);
    at = end;
  }
}

function take(key: string, value: Buffer, into: Extended): void {
  // A sparse file's own header has a made-up name.
  if (key === 'GNU.sparse.name' || (key === 'path' && into.name === undefined)) into.name = value.toString('utf8');
  else if (key === 'linkpath') into.link = value.toString('utf8');
  else if (key === 'size') {
    const text = value.toString('latin1');
    if (!/^-?\d{1,19}$/u.test(text)) throw damaged('a size in it is no number');
    into.size = bounded(Number(text));
  }
}
