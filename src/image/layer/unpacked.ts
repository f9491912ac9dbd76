import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Budget } from '../budget.ts';
import type { ByteReader } from '../tar/byte-reader.ts';
import { CutOff, damaged } from '../tar/damaged.ts';

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** The bytes of a layer, unpacked by what it begins with; they are counted in the budget. */
export async function* unpacked(packed: ByteReader, budget: Budget): AsyncGenerator<Uint8Array> {
  const start = await packed.peek(4);
  const through = start.subarray(0, 2).equals(GZIP)
    ? createGunzip()
    : start.equals(ZSTD)
      ? createZstdDecompress()
      : undefined;
  if (through === undefined) {
    for await (const part of packed.rest()) {
      budget.read(part.length);
      yield part;
    }
    return;
  }
  yield* guarded(packed, through, budget);
}

async function* guarded(packed: ByteReader, through: Transform, budget: Budget): AsyncGenerator<Uint8Array> {
  let taken = 0;
  let given = 0;
  const { ratio, ratioFrom } = budget.limits;
  const counted = async function* counted() {
    for await (const part of packed.rest()) {
      taken += part.length;
      yield part;
    }
  };
  const bytes = counted();
  const source = Readable.from(bytes, { objectMode: false, highWaterMark: 65_536 });
  source.on('error', (error) => through.destroy(error));
  try {
    for await (const part of source.pipe(through) as AsyncIterable<Buffer>) {
      given += part.length;
      if (given > ratioFrom && given > taken * ratio)
        throw new CutOff('ratio', `it unpacks to more than ${ratio} times its size`);
      budget.read(part.length);
      yield part;
    }
  } catch (error) {
    const { code = '' } = error as { readonly code?: string };
    throw /^(?:Z_|ZSTD_|ERR_(?:ZLIB|BUFFER))/u.test(code) ? damaged('it does not unpack') : error;
  } finally {
    source.destroy();
    through.destroy();
    // A read that is under way ends before anybody else reads what is behind the layer.
    await bytes.return();
  }
}
