import { cut } from '../../text/cut.ts';
import { TRICKS } from '../../text/invisible.ts';
import { withoutKeyRest } from '../../text/key-guard.ts';
import { shownLine, withoutStyles } from '../../text/terminal.ts';
import type { Engine } from '../client/engine.ts';
import { cleanText } from '../client/faults.ts';

/** Masks secrets in text that is about one container. */
export type Redact = (text: string) => string;

const LINE_CHARS = 300;
/** An engine wraps a cause in the words of several programs, and names it last. */
export const ERROR_CHARS = 1500;
/** Lines read in addition: a key may begin in them and end in the shown ones. */
const LEAD_IN = 64;
const MAX_BYTES = 256 * 1024;

/** Others' text, such as the output of a health check, as it may be shown: redacted, without control characters, and cut. */
export function shown(text: string, redact: Redact, most = LINE_CHARS): string {
  return cut(cleanText(asShown(text, redact)), most);
}

export interface LogEnd {
  readonly id: string;
  readonly tty: boolean;
  readonly lines: number;
}

/** The last lines of a container's log that are not blank, as they may be shown. Rejects with an `EngineError`. */
export async function lastLines(
  engine: Pick<Engine, 'logs'>,
  { id, tty, lines }: LogEnd,
  redact: Redact,
  signal: AbortSignal,
): Promise<string[]> {
  const query = { tail: lines + LEAD_IN, timestamps: false, follow: false, tty };
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of engine.logs(id, query, { signal })) {
    parts.push(chunk.bytes);
    bytes += chunk.bytes.length;
    while (bytes > MAX_BYTES && parts.length > 1) bytes -= parts.shift()?.length ?? 0;
  }
  const text = asShown(withoutKeyRest(withoutStyles(Buffer.concat(parts).toString('utf8'))), redact);
  const written = text.split('\n').filter((line) => line.trim() !== '');
  return written.slice(-lines).map((line) => cut(cleanText(line), LINE_CHARS));
}

/**
 * Lines as a terminal shows them, without overwritten text. Multi-line secrets are redacted before single lines are
 * changed: only the first line of a key tells that it is one.
 */
function asShown(text: string, redact: Redact): string {
  const lines = redact(withoutStyles(text)).split('\n');
  return redact(lines.map((line) => shownLine(line, redact).replace(TRICKS, '')).join('\n'));
}
