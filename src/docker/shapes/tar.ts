import { EngineError } from '../client/engine-error.ts';

const BLOCK = 512;
/** Room for the headers around one file: its own, one with long names, and the end of the archive. */
export const TAR_OVERHEAD = 64 * 1024;
/** Headers in front of a file that only say more about it. */
const MOST_EXTRA = 4;

/**
 * Reads the one regular file of a tar archive. Whatever else an archive can hold is an error: links, folders, devices,
 * sparse files, more than one file, a header whose sum is wrong, or a file that is cut off. Rejects with the faults
 * `protocol` and `refused`.
 */
export function onlyFileIn(archive: Buffer): { readonly name: string; readonly content: Buffer } {
  let at = 0;
  for (let extra = 0; extra <= MOST_EXTRA; extra += 1) {
    const header = headerAt(archive, at);
    const end = at + BLOCK + Math.ceil(header.size / BLOCK) * BLOCK;
    if (at + BLOCK + header.size > archive.length) throw broken('it is cut off');
    const content = archive.subarray(at + BLOCK, at + BLOCK + header.size);
    // Extended headers: long names, times, attributes. A size in one would contradict the header of the file.
    if (header.type === 'x' || header.type === 'g') {
      if (/(?:^|\n)\d+ (?:size|GNU\.sparse[.\w]*|linkpath)=/u.test(content.toString('latin1')))
        throw broken('an extended header changes its size or kind');
      at = end;
      continue;
    }
    if (header.type !== '0') throw new EngineError('refused', 'It is not a regular file.');
    if (!archive.subarray(end).every((byte) => byte === 0)) throw broken('there is more than one file in it');
    return { name: header.name, content };
  }
  throw broken('it has too many headers');
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

function headerAt(archive: Buffer, at: number): Header {
  if (at + BLOCK > archive.length) throw broken('it has no file');
  const block = archive.subarray(at, at + BLOCK);
  const field = (from: number, length: number) => {
    const bytes = block.subarray(from, from + length);
    const end = bytes.indexOf(0);
    return bytes.subarray(0, end < 0 ? length : end).toString('utf8');
  };
  const sum = octal(field(148, 8));
  // The sum counts its own field as spaces.
  const counted = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== counted) throw broken('the sum of its header is wrong');
  const type = String.fromCharCode(block[156] ?? 0);
  return { name: field(0, 100), size: octal(field(124, 12)), type: type === '\0' ? '0' : type };
}

/** Octal digits only: other ways to write a size are for files far larger than are read here. */
function octal(digits: string): number {
  const trimmed = digits.trim();
  if (!/^[0-7]{1,11}$/u.test(trimmed)) throw broken('a number in its header is none');
  return Number.parseInt(trimmed, 8);
}

const broken = (why: string) => new EngineError('protocol', `Not an engine's archive: ${why}.`);
