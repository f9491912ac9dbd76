import { createPace } from '../../../paced/pace.ts';
import type { Redact } from '../../../policy/redact.ts';

/** Characters that are redacted at a time: a few milliseconds. */
const AT_ONCE = 32_000;

/** Longest line that is redacted, in characters: it cannot be divided, and takes a tenth of a second. */
export const MOST_LINE = 250_000;

/** Masks secrets in a long text, some lines at a time, with pauses for the event loop. */
export async function cleanLines(text: string, redact: Redact): Promise<string> {
  const pace = createPace();
  const out: string[] = [];
  let some = '';
  const flush = async () => {
    out.push(redact(some));
    some = '';
    await pace();
  };
  for (const line of text.split(/(?<=\n)/u)) {
    if (some.length + line.length > AT_ONCE && some !== '') await flush();
    some += line;
  }
  await flush();
  return out.join('');
}

/** The text of a file; undefined for one that is not text. */
export function textOf(content: Buffer): string | undefined {
  if (content.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
