import type { LogChunk } from '../../../docker/client/types.ts';

/** The first bytes, in whole chunks; `full` says whether there were more. */
export async function* upTo(
  chunks: AsyncIterable<LogChunk>,
  most: number,
  full: { is: boolean },
): AsyncGenerator<LogChunk> {
  let left = most;
  for await (const { stream, bytes } of chunks) {
    left -= bytes.length;
    full.is = left < 0;
    if (full.is) return;
    yield { stream, bytes };
  }
}
