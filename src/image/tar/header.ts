import { damaged } from './damaged.ts';

export const BLOCK = 512;

/** One header block of a tar archive, as it is written there. */
export interface Header {
  readonly name: string;
  /** Bytes that follow, up to the next multiple of 512. */
  readonly size: number;
  /** `0` file, `1` hard link, `2` symbolic link, `5` folder; `x`, `g`, `L`, `K` say more about the next; `S` is sparse. */
  readonly type: string;
  readonly link: string;
  /** Another block of a sparse file's map follows. */
  readonly isExtended: boolean;
}

/** A larger number in a header is a mistake or an attack: eight terabytes. */
const MOST_SIZE = 2 ** 43;

/** Reads a header; undefined for a block of zeros, which ends an archive. Throws a `CutOff` for what is no header. */
export function parseHeader(block: Buffer): Header | undefined {
  if (block[0] === 0 && isZero(block)) return undefined;
  if (!hasRightSum(block)) throw damaged('the checksum of a header is wrong');
  const code = block[156] ?? 0;
  const type = code === 0 || code === 0x37 ? '0' : String.fromCharCode(code);
  const name = textAt(block, 0, 100);
  // Only POSIX archives have a prefix; GNU's keep times there.
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? textAt(block, 345, 155) : '';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    // Links, devices and folders have no content, whatever their size says.
    size: type >= '1' && type <= '6' ? 0 : sizeAt(block),
    type,
    link: textAt(block, 157, 100),
    isExtended: type === 'S' && block[482] === 1,
  };
}

/** Whether a block looks like the header of an archive. */
export const isHeader = (block: Buffer): boolean => block.length === BLOCK && hasRightSum(block);

function isZero(block: Buffer): boolean {
  for (const byte of block) if (byte !== 0) return false;
  return true;
}

/** The sum counts its own field as spaces. Old programs summed signed bytes. */
function hasRightSum(block: Buffer): boolean {
  let unsigned = 256;
  let signed = 256;
  for (let at = 0; at < BLOCK; at += 1) {
    if (at >= 148 && at < 156) continue;
    const byte = block[at] as number;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  const sum = Number.parseInt(textAt(block, 148, 8).trim(), 8);
  return sum === unsigned || sum === signed;
}

/** Octal digits, or for large files the bytes of the number behind a set first bit. */
function sizeAt(block: Buffer): number {
  const first = block[124] as number;
  if (first >= 0x80) {
    // A set second bit makes it negative.
    if (first !== 0x80) throw damaged('a size in it is negative');
    let size = 0;
    for (let at = 125; at < 136; at += 1) size = size * 256 + (block[at] as number);
    return bounded(size);
  }
  const digits = textAt(block, 124, 12).trim();
  if (digits === '') return 0;
  if (!/^[0-7]{1,12}$/u.test(digits)) throw damaged('a size in it is no number');
  return bounded(Number.parseInt(digits, 8));
}

/** The size of a file as a number that may be believed. Throws a `CutOff` for one that may not. */
export function bounded(size: number): number {
  if (Number.isSafeInteger(size) && size >= 0 && size <= MOST_SIZE) return size;
  throw damaged(size < 0 ? 'a size in it is negative' : 'a size in it is larger than any file');
}

function textAt(block: Buffer, from: number, length: number): string {
  let end = from;
  while (end < from + length && block[end] !== 0) end += 1;
  return block.toString('utf8', from, end);
}
