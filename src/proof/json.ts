import { parseJson } from '../paced/json.ts';
import { createPace } from '../paced/pace.ts';

/** Text that is not what its format asks for. */
export class Malformed extends Error {
  /** Of `FoundCode`. */
  readonly code: 'malformed' | 'other_claim';

  constructor(what: string, code: Malformed['code'] = 'malformed') {
    super(what);
    this.code = code;
  }
}

/** Parses JSON of strangers. Rejects with `Malformed` for what is none, and for an object that has a key twice: readers differ on it. */
export async function parseStrictly(bytes: Uint8Array, what: string): Promise<unknown> {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = await parseJson(bytes);
  } catch {
    throw new Malformed(`${what} is not JSON`);
  }
  if ((await keysOf(value)) !== (await keysIn(text))) throw new Malformed(`${what} has a key twice`);
  return value;
}

async function keysOf(value: unknown): Promise<number> {
  const pace = createPace();
  let count = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== 'object' || one === null) continue;
    const inside = Object.values(one);
    if (!Array.isArray(one)) count += inside.length;
    for (const item of inside) open.push(item);
    await pace();
  }
  return count;
}

/** The keys of a text that is known to be JSON: strings before a colon. */
async function keysIn(text: string): Promise<number> {
  const pace = createPace();
  let count = 0;
  let at = text.indexOf('"');
  while (at >= 0) {
    let end = text.indexOf('"', at + 1);
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
    let next = end + 1;
    while (next < text.length && ' \t\r\n'.includes(text.charAt(next))) next += 1;
    if (text.charAt(next) === ':') count += 1;
    at = text.indexOf('"', next);
    await pace();
  }
  return count;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charAt(at - 1 - slashes) === '\\') slashes += 1;
  return slashes % 2 === 1;
}
