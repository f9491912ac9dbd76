import { EngineError } from './engine-error.ts';
import type { LogChunk } from './types.ts';

const HEADER = 8;

/**
 * Takes the engine's frames apart: a byte for the stream, three zeros, four for the length. Iterative, since a proxy may
 * deliver ten thousand small frames in one chunk or one frame in ten thousand. What one chunk has for one stream comes out
 * as one piece: an engine writes a frame a line, and handing on each would cost more than reading it. The piece is made in
 * place, by moving what is between two headers up.
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

/** A terminal's log has no frames: everything is standard output. */
export async function* unframed(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogChunk> {
  for await (const bytes of chunks) yield { stream: 'stdout', bytes };
}
