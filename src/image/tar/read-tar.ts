import type { ByteReader } from './byte-reader.ts';
import { damaged } from './damaged.ts';
import { BLOCK, type Header, parseHeader } from './header.ts';
import { type Extended, readPax } from './pax.ts';

export type TarKind = 'file' | 'hard-link' | 'link' | 'folder' | 'other';

/** One entry of an archive. Its content is read with `body` before the next entry is asked for, or else is skipped. */
export interface TarEntry {
  readonly name: string;
  readonly kind: TarKind;
  /** Bytes of content in the archive. Of a sparse file that is what is stored of it. */
  readonly size: number;
  /** Where a link leads. */
  readonly link: string;
  body(): AsyncIterable<Buffer>;
}

const KINDS: Readonly<Record<string, TarKind>> = {
  '0': 'file',
  S: 'file',
  '1': 'hard-link',
  '2': 'link',
  '5': 'folder',
};
/** Bytes of one header that says more about the next entry. */
const MOST_EXTENDED = 1_000_000;
/** Headers in a row that only say more about the next entry: honest archives have two. */
const MOST_IN_A_ROW = 16;
/** Blocks of a sparse file's map, 21 places each. */
const MOST_MAP = 10_000;

/**
 * Reads the entries of a tar archive with the extensions of POSIX and GNU, holding one header at a time. An archive may
 * end without its two empty blocks. Throws a `CutOff` for a wrong checksum, a size that cannot be, and an early end.
 */
export async function* readTar(reader: ByteReader): AsyncGenerator<TarEntry> {
  let extended: Extended = {};
  let inARow = 0;
  for (;;) {
    const block = await reader.take(BLOCK);
    const header = block && parseHeader(block);
    if (header === undefined) return;
    if (await readExtension(reader, header, extended)) {
      inARow += 1;
      if (inARow > MOST_IN_A_ROW) throw damaged('it has headers without end');
      continue;
    }
    if (header.isExtended) await skipMap(reader);
    const size = KINDS[header.type] === 'file' ? (extended.size ?? header.size) : header.size;
    let read = 0;
    const body = async function* body(): AsyncGenerator<Buffer> {
      for await (const part of reader.body(size - read)) {
        read += part.length;
        yield part;
      }
    };
    const kind = KINDS[header.type] ?? 'other';
    // Before POSIX a folder was a file with a slash at its end.
    const isFolder = kind === 'file' && header.size === 0 && (extended.name ?? header.name).endsWith('/');
    yield {
      name: extended.name ?? header.name,
      kind: isFolder ? 'folder' : kind,
      size,
      link: extended.link ?? header.link,
      body,
    };
    await reader.skip(size - read + padding(size));
    extended = {};
    inARow = 0;
  }
}

const padding = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK;

/** Reads a header that says more about the next entry; false for an entry itself. */
async function readExtension(reader: ByteReader, { type, size }: Header, into: Extended): Promise<boolean> {
  if (!'xgLK'.includes(type)) return false;
  if (size > MOST_EXTENDED) throw damaged('an extended header is larger than 1 MB');
  const bytes = (await reader.take(size)) ?? Buffer.alloc(0);
  if (bytes.length < size) throw damaged('it ends too early');
  await reader.skip(padding(size));
  if (type === 'x') readPax(bytes, into);
  else if (type !== 'g') {
    const end = bytes.indexOf(0);
    const text = bytes.toString('utf8', 0, end < 0 ? size : end);
    if (type === 'L') into.name ??= text;
    else into.link ??= text;
  }
  return true;
}

async function skipMap(reader: ByteReader): Promise<void> {
  for (let blocks = 0; blocks < MOST_MAP; blocks += 1) {
    const block = await reader.take(BLOCK);
    if (block === undefined) throw damaged('it ends too early');
    if (block[504] !== 1) return;
  }
  throw damaged('the map of a sparse file has no end');
}
