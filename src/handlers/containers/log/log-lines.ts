import type { LogChunk } from '../../../docker/client/types.ts';
import { createPace } from '../../../paced/pace.ts';
import type { Redact } from '../../../policy/redact.ts';
import type { LogBatch, LogLine, Stamps } from './line.ts';
import { StreamLines } from './stream-lines.ts';

/** Bytes that are worked through at once: every line of a log may be one that secrets can begin with. */
const SLICE = 4096;

/**
 * Turns chunks of a log into clean, redacted lines. Redaction comes before anything that looks at a line: a search over
 * raw text would answer questions about the secrets it hides.
 */
export async function* logLines(
  chunks: AsyncIterable<LogChunk>,
  redact: Redact,
  stamps: Stamps = 'none',
): AsyncGenerator<readonly LogLine[]> {
  for await (const { lines } of searchLines(chunks, redact, stamps, [])) if (lines.length > 0) yield lines;
}

/**
 * The same for a search: a line that has none of the words `needs` may be left out before the costly part. `needs` are
 * letters and digits only (`neededWords`), and so this is exact: cleaning is only left out where there is nothing to
 * clean, and redacting never makes such a word, since what it puts in place of a secret keeps its neighbours apart.
 */
export async function* searchLines(
  chunks: AsyncIterable<LogChunk>,
  redact: Redact,
  stamps: Stamps,
  needs: readonly string[],
): AsyncGenerator<LogBatch> {
  const open = (stream: LogLine['stream']) => new StreamLines(stream, redact, stamps, needs);
  const streams = { stdout: open('stdout'), stderr: open('stderr') };
  const pace = createPace();
  for await (const { stream, bytes } of chunks)
    for (let at = 0; at < bytes.length; at += SLICE) {
      const batch = streams[stream].take(bytes.subarray(at, at + SLICE));
      if (batch.read > 0) yield batch;
      await pace();
    }
  for (const stream of [streams.stdout, streams.stderr]) {
    const batch = stream.end();
    if (batch.read > 0) yield batch;
  }
}
