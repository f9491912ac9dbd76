import { demux } from '../../src/docker/client/demux.ts';
import type { LogChunk } from '../../src/docker/client/types.ts';
import type { Stamps } from '../../src/handlers/containers/log/line.ts';
import { logLines } from '../../src/handlers/containers/log/log-lines.ts';
import { createRedactor } from '../../src/policy/redact.ts';

export async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

export async function lines(
  chunks: readonly LogChunk[],
  known: readonly string[] = [],
  stamps: Stamps = 'none',
): Promise<string[]> {
  const out: string[] = [];
  for await (const batch of logLines(from(chunks), createRedactor(known), stamps))
    out.push(...batch.map((line) => line.text));
  return out;
}

/** The chunks of a text in pieces of `size` bytes. */
export function pieces(text: string | Buffer, size: number): LogChunk[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    chunk(bytes.subarray(at * size, (at + 1) * size)),
  );
}

export const STAMP = '2026-11-28T03:00:00.123456789Z ';

/** A line as an engine with timestamps writes it; `json`, as the driver that keeps no half of a character. */
export function records(text: string, json = false): Buffer {
  const bytes = Buffer.from(text);
  const cuts = Array.from({ length: Math.ceil(bytes.length / 16_384) }, (_, at) =>
    bytes.subarray(at * 16_384, (at + 1) * 16_384),
  );
  return Buffer.concat(cuts.flatMap((cut) => [Buffer.from(STAMP), json ? Buffer.from(cut.toString()) : cut]));
}

export const chunk = (text: string | Buffer): LogChunk => ({ stream: 'stdout', bytes: Buffer.from(text) });

export function frame(type: number, text: string): Buffer {
  const head = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

export async function demuxed(chunks: readonly Buffer[]): Promise<string[]> {
  const out: string[] = [];
  for await (const { stream, bytes } of demux(from(chunks))) out.push(`${stream}:${bytes}`);
  return out;
}
