import { cut } from '../../../text/cut.ts';
import type { LogLine } from './line.ts';

const SHOWN_LINES = 40;
const SHOWN_TEXT = 2600;
const SHOWN_LINE = 500;

/** The last lines, as many as a live message shows, each cut to a length that can be read there. */
export function lastThatFit(lines: readonly LogLine[]): LogLine[] {
  const kept: LogLine[] = [];
  let text = 0;
  for (const line of lines.toReversed()) {
    const short = line.text.length > SHOWN_LINE ? { ...line, text: cut(line.text, SHOWN_LINE, ' […]') } : line;
    text += short.text.length + 1;
    if (kept.length === SHOWN_LINES || text > SHOWN_TEXT) break;
    kept.push(short);
  }
  return kept.reverse();
}
