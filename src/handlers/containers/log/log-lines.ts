import type { LogChunk } from '../../../docker/client/types.ts';
import type { Redact } from '../../../policy/redact.ts';
import type { LogBatch, LogLine, Stamps } from './line.ts';
import { StreamLines } from './stream-lines.ts';

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
  for await (const { stream, bytes } of chunks) {
    const batch = streams[stream].take(bytes);
    if (batch.read > 0) yield batch;
  }
  for (const stream of [streams.stdout, streams.stderr]) {
    const batch = stream.end();
    if (batch.read > 0) yield batch;
  }
}
