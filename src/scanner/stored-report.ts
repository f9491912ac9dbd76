import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { Finding } from '../domain/finding.ts';
import { createPace } from '../paced/pace.ts';
import type { ScanReport } from './report.ts';

const FORMAT = 2;
/** Findings of a line. */
const PART = 200;
const MOST_BYTES = 200_000_000;

/** A report as the store keeps it: compressed lines of JSON, the first without the findings. */
export async function encodeReport(report: ScanReport): Promise<string> {
  const packed: Buffer[] = [];
  for await (const chunk of Readable.from(linesOf(report)).compose(createGzip())) packed.push(chunk);
  return Buffer.concat(packed).toString('base64');
}

async function* linesOf({ findings, ...about }: ScanReport): AsyncIterable<string> {
  const pace = createPace();
  yield `${JSON.stringify({ format: FORMAT, about })}\n`;
  for (let at = 0; at < findings.length; at += PART) {
    yield `${JSON.stringify(findings.slice(at, at + PART))}\n`;
    await pace();
  }
}

/** The same back; undefined of one that another version of Fairlead stored otherwise. */
export async function decodeReport(body: string): Promise<ScanReport | undefined> {
  let about: Omit<ScanReport, 'findings'> | undefined;
  const findings: Finding[] = [];
  for await (const line of unpacked(body)) {
    if (about) findings.push(...(JSON.parse(line) as Finding[]));
    else {
      const head = JSON.parse(line) as { format: unknown; about: Omit<ScanReport, 'findings'> };
      if (head.format !== FORMAT) return undefined;
      about = head.about;
    }
  }
  return about && { ...about, findings };
}

async function* unpacked(body: string): AsyncIterable<string> {
  const pace = createPace();
  const decoder = new TextDecoder();
  let rest = '';
  let bytes = 0;
  for await (const chunk of Readable.from([Buffer.from(body, 'base64')]).compose(createGunzip())) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`a stored report of more than ${MOST_BYTES / 1e6} MB`);
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield line;
      await pace();
    }
  }
}
