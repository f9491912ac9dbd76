import { EngineError } from './engine-error.ts';
import type { LogChunk } from './types.ts';

const HEADER = 8;

/**
 * Splits the engine's log frames: one byte for the stream, three zeros, four bytes for the length. Iterative, since a
 * proxy may deliver ten thousand small frames in one chunk, or one frame in ten thousand chunks. All bytes of one
 * stream in a chunk are yielded as one piece, joined in place: an engine writes a frame per line, and yielding each
 * would cost more than reading it.
 */
export async function* demux(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogChunk> {
  const head = Buffer.alloc(HEADER);
  let headBytes = 0;
  let left = 0;
  let stream: LogChunk['stream'] = 'stdout';
  for await (const chunk of chunks) {
    let at = 0;
    let from = 0;
    let to = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const take = Math.min(HEADER - headBytes, chunk.length - at);
        chunk.copy(head, headBytes, at, at + take);
        headBytes += take;
        at += take;
        if (headBytes < HEADER) continue;
        headBytes = 0;
        left = head.readUInt32BE(4);
        const next = streamOf(head);
        if (next === stream) continue;
        if (to > from) yield { stream, bytes: chunk.subarray(from, to) };
        from = to;
        stream = next;
        continue;
      }
      const end = Math.min(chunk.length, at + left);
      chunk.copyWithin(to, at, end);
      to += end - at;
      left -= end - at;
      at = end;
    }
    if (to > from) yield { stream, bytes: chunk.subarray(from, to) };
  }
}

function streamOf(head: Buffer): LogChunk['stream'] {
  const type = head[0] as number;
  if (type > 3 || head[1] !== 0 || head[2] !== 0 || head[3] !== 0)
    throw new EngineError('protocol', 'The log is not in frames.');
  return type === 2 || type === 3 ? 'stderr' : 'stdout';
}

/** Reads the log of a terminal, which has no frames: all of it is standard output. */
export async function* unframed(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogChunk> {
  for await (const bytes of chunks) yield { stream: 'stdout', bytes };
}
