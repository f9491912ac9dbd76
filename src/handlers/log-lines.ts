import { StringDecoder } from 'node:string_decoder';
import type { LogChunk } from '../docker/engine.ts';
import type { Redact } from '../policy/redact.ts';
import { unstamp } from './log-stamps.ts';

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** The engine's own time of it, where the log was read with timestamps. */
  readonly at?: string;
}

/** What to do with the times an engine wrote before the lines: there are none, take them off, or leave them to be read. */
export type Stamps = 'none' | 'off' | 'shown';

/** Longer lines are cut: nobody reads them in chat, and a pattern should not have to. */
const MAX_LINE = 32_768;

const ANSI = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/gu;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
const UNCLEAN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/**
 * Turns chunks of a log into clean, redacted lines. Redaction comes before anything that looks at a line: a search over
 * raw text would answer questions about the secrets it hides.
 */
export async function* logLines(
  chunks: AsyncIterable<LogChunk>,
  redact: Redact,
  stamps: Stamps = 'none',
): AsyncGenerator<LogLine[]> {
  const pending = { stdout: newPending(), stderr: newPending() };
  let batch: LogLine[] = [];
  const take = (stream: 'stdout' | 'stderr', raw: string) => {
    const { at, text } = stamps === 'none' ? { at: undefined, text: raw } : unstamp(raw);
    const clean = pending[stream].clean(text, redact);
    if (clean === undefined) return;
    if (at === undefined) batch.push({ stream, text: clean });
    else batch.push({ stream, text: stamps === 'shown' ? `${at} ${clean}` : clean, at });
  };
  for await (const { stream, bytes } of chunks) {
    const part = pending[stream];
    const text = part.text + part.decoder.write(bytes);
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (part.skipping) part.skipping = false;
      else take(stream, text.slice(start, end));
      start = end + 1;
    }
    part.text = start === 0 ? text : text.slice(start);
    if (part.text.length > MAX_LINE) {
      if (!part.skipping) take(stream, `${part.text.slice(0, MAX_LINE)} […]`);
      part.skipping = true;
      part.text = '';
    }
    if (batch.length > 0) {
      yield batch;
      batch = [];
    }
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const rest = pending[stream].text + pending[stream].decoder.end();
    if (rest !== '' && !pending[stream].skipping) take(stream, rest);
  }
  if (batch.length > 0) yield batch;
}

interface Pending {
  text: string;
  skipping: boolean;
  readonly decoder: StringDecoder;
  clean(raw: string, redact: Redact): string | undefined;
}

function newPending(): Pending {
  let inKey = false;
  return {
    text: '',
    skipping: false,
    decoder: new StringDecoder('utf8'),
    clean(raw, redact) {
      // The body of a private key has no word a pattern could know it by: everything up to its end goes.
      if (inKey) {
        if (raw.includes('-----END')) inKey = false;
        return undefined;
      }
      const text = UNCLEAN.test(raw) ? raw.replace(ANSI, '').replace(CONTROL, '') : raw;
      if (text.includes('PRIVATE KEY-----') && text.includes('-----BEGIN') && !text.includes('-----END')) inKey = true;
      return redact(text);
    },
  };
}
