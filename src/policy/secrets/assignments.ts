import type { Mark } from './marks.ts';
import { kindOf, type NameKind } from './names.ts';
import { isOfService } from './services.ts';
import { isSecret } from './values.ts';

const MOST_NAME = 80;
const MOST_QUOTED = 4096;
/** Of a longer value the beginning is judged, and all of it masked. */
const MOST_JUDGED = 512;
const MOST_LOOKS = 1000;
/** How a block of several lines begins in YAML. */
const BLOCK = /^[|>][+-]?\d?[+-]?$/u;
/** What languages write before the quote of a string: `b'…'`, `Some("…")`, `string(10) "…"`, `[]byte("…")`. */
const WRAPPED =
  /^(?:[bfru]{1,2}|@|N|string\(\d{1,6}\) |(?:Some|Just|Optional|String|str|SecretStr|\[\]byte)[([])(?=\\{0,3}["'])/iu;
/** The scheme of a header and the beginning of what follows it are in this many characters. */
const MOST_SCHEME = 256;

/** One `name = value`, in whatever syntax: shell, JSON (escaped too), YAML, PHP, Ruby, INI, queries, headers. */
interface Assignment {
  readonly name: string;
  readonly start: number;
  readonly sign: string;
  /** Where the value begins: after spaces, not after its quote. */
  readonly at: number;
}

/**
 * Marks the values of names that say they are secret, and of services that are named. Linear: each name is read a bounded
 * number of times, and a value that goes on over many signs once.
 */
export function markAssignments(text: string, services: boolean, mark: Mark): void {
  const reader = new Reader(text, services, mark);
  for (let at = 0; at < text.length; ) {
    const sign = nextSign(text, at);
    if (sign < 0) return;
    const found = assignmentAt(text, sign, at);
    at = found === undefined ? sign + 1 : Math.max(reader.mark(found, at), sign + 1);
  }
}

function nextSign(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 61 || code === 58) return at;
    // `%3D`, `%3A`: a query inside a query.
    if (code === 37 && text[at + 1] === '3' && /[ADad]/u.test(text[at + 2] ?? '')) return at;
  }
  return -1;
}

function assignmentAt(text: string, sign: number, from: number): Assignment | undefined {
  let end = sign;
  if (text[end - 1] === ' ' || text[end - 1] === '\t')
    while (sign - end < 24 && /[ \t]/u.test(text[end - 1] ?? '')) end -= 1;
  const before = text[end - 1] ?? '';
  if (before === '!' || before === '<' || before === '>') return undefined;
  while (sign - end < 32 && end > from && /["'`\\\]?:]/u.test(text[end - 1] ?? '')) end -= 1;
  end -= ['%5D', '%22', '&quot;', '&#34;'].find((quote) => text.startsWith(quote, end - quote.length))?.length ?? 0;
  const start = nameStart(text, end, from);
  // `--- PASS: TestLogin (0.03s)` is how Go says that a test passed.
  if (start === end || text.startsWith('--- PASS:', start - 4)) return undefined;
  const name = text.slice(start, end);
  let at = sign + (text[sign] === '%' ? 3 : 1);
  while (text[at] === '>' || text[at] === '=' || text[at] === '~') at += 1;
  const signed = text.slice(sign, at);
  let spaces = 0;
  for (; spaces < 24 && /[ \t]/u.test(text[at] ?? ''); spaces += 1) at += 1;
  // The type of a value in YAML: `!!binary c2Vj…`.
  if (text[at] === '!') at += /^!!?[\w:/.-]{0,40}[ \t]{1,4}/u.exec(text.slice(at, at + 48))?.[0].length ?? 0;
  at += WRAPPED.exec(text.slice(at, at + 40))?.[0].length ?? 0;
  // A list of one, as headers and forms are printed; `[hidden]` is no list.
  if (text[at] === '[' && !/^\[[A-Za-z_ ]{1,30}\]/u.test(text.slice(at, at + 40))) at += 1;
  return { name, start, sign: signed === ':' && spaces > 0 ? ': ' : signed, at };
}

function nameStart(text: string, end: number, from: number): number {
  let start = end;
  while (start > from && end - start < MOST_NAME && isNameChar(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

function isNameChar(code: number): boolean {
  return (
    (code > 47 && code < 58) ||
    (code > 64 && code < 91) ||
    (code > 96 && code < 123) ||
    code === 95 ||
    code === 45 ||
    code === 46
  );
}

function wordsBefore(text: string, start: number, from: number): string {
  let out = '';
  let end = start;
  for (let words = 0; words < 2 && text[end - 1] === ' '; words += 1) {
    const begin = nameStart(text, end - 1, from);
    if (begin === end - 1) break;
    out = `${text.slice(begin, end - 1)} ${out}`;
    end = begin;
  }
  return out;
}

interface Value {
  readonly from: number;
  readonly to: number;
  readonly quoted: boolean;
}

class Reader {
  readonly #text: string;
  readonly #services: boolean;
  readonly #mark: Mark;
  readonly #ends = new Map<string, { from: number; to: number }>();
  #looks = { end: -1, times: 0 };

  constructor(text: string, services: boolean, mark: Mark) {
    this.#text = text;
    this.#services = services;
    this.#mark = mark;
  }

  /** Marks the value, if it is to be, and gives where to go on from. `from` is where the last value ended. */
  mark(found: Assignment, from: number): number {
    const { name, start, at, sign } = found;
    const own = kindOf(name);
    const phrase = own === 'random' || this.#services ? `${wordsBefore(this.#text, start, from)}${name}` : name;
    const kind = own === 'random' ? kindOf(phrase) : own;
    if (kind === undefined && !this.#services) return at;
    const value = this.#value(found, kind);
    if (value.to <= value.from || (sign === ':' && this.#text.startsWith('//', at))) return at;
    if (this.#isTooOften(value)) return at;
    const read = this.#text.slice(value.from, Math.min(value.to, value.from + MOST_JUDGED));
    const weak = kind === undefined || kind === 'random';
    if (weak && this.#services && isOfService(phrase.toLowerCase().replace(/[^a-z0-9]/gu, ''), read))
      return this.#done(value);
    if (kind === undefined) return at;
    if (BLOCK.test(read)) return this.#block(found, value.to);
    if (kind === 'cookie' && read.includes('=')) return markCookies(this.#text, value, this.#mark);
    if (kind === 'header') return markHeader(this.#text, value, this.#mark);
    const loose = sign === ': ' && !value.quoted;
    // A comparison with a variable, and a sentence that goes on after the colon.
    if (sign.startsWith('==') && !value.quoted && /^[A-Za-z_][A-Za-z_.]*$/u.test(read)) return at;
    if (loose && kind === 'password' && isSentence(this.#text, start, value)) return at;
    return isSecret(read, kind === 'cookie' ? 'random' : kind, loose) ? this.#done(value) : at;
  }

  /** A block of YAML: the lines below that are further in than the name. */
  #block({ start }: Assignment, from: number): number {
    const text = this.#text;
    const margin = indentOf(text, text.lastIndexOf('\n', start) + 1);
    const begin = text.indexOf('\n', from) + 1;
    if (begin === 0) return from;
    let to = begin;
    while (to < text.length && to - begin < MOST_QUOTED) {
      const end = text.indexOf('\n', to) < 0 ? text.length : text.indexOf('\n', to);
      if (end > to && indentOf(text, to) <= margin) break;
      to = end + 1;
    }
    const last = Math.min(to - 1, text.length);
    if (last > begin) this.#mark(begin + indentOf(text, begin), last);
    return Math.max(from, last);
  }

  /** One value full of signs is looked at from its first ones only. */
  #isTooOften({ to }: Value): boolean {
    const { end, times } = this.#looks;
    this.#looks = { end: to, times: end === to ? times + 1 : 1 };
    return this.#looks.times > MOST_LOOKS;
  }

  #done({ from, to }: Value): number {
    this.#mark(from, to);
    return to;
  }

  #value({ at, start, sign }: Assignment, kind: NameKind | undefined): Value {
    const text = this.#text;
    let open = at;
    while (open - at < 8 && text[open] === '\\') open += 1;
    const quote = text[open] ?? '';
    if (quote !== '' && '"\'`'.includes(quote)) {
      const from = open + 1;
      return { from, to: this.#closing(from, text.slice(at, open + 1)), quoted: true };
    }
    const bare = (stops: string) => ({ from: at, to: this.#end(stops, at), quoted: false });
    // A header's value is the rest of its line, or of the string it is in.
    const around = text[start - 1] ?? '';
    if (kind === 'header' || kind === 'cookie') return bare(`\n\r\\<]${'"\'`'.includes(around) ? around : ''}`);
    if (kind !== undefined && isFirst(text, start)) {
      if (sign === ': ' && kind === 'password') return bare('\n\r"\\');
      // What only a random value of is secret ends as any other: `PHPSESSID=…; path=/`.
      if (sign === '=' && kind !== 'random') return bare(' \t\n\r"\'`');
    }
    return { from: at, to: this.#end('', at), quoted: false };
  }

  /** The end of a value in quotes; of one that is not closed nearby, that of its line. */
  #closing(from: number, quote: string): number {
    const text = this.#text;
    const most = Math.min(text.length, from + MOST_QUOTED);
    for (let at = text.indexOf(quote, from); at >= 0 && at < most; at = text.indexOf(quote, at + 1))
      if (text[at - 1] !== '\\' || (quote.length === 1 && text[at - 2] === '\\')) return at;
    return this.#end('\n\r', from);
  }

  /** The end of a value without quotes, which is read once, however many signs are in it. */
  #end(stops: string, at: number): number {
    const known = this.#ends.get(stops);
    if (known !== undefined && at >= known.from && at < known.to) return known.to;
    const to = stops === '' ? bareEnd(this.#text, at) : endOf(this.#text, at, stops);
    this.#ends.set(stops, { from: at, to });
    return to;
  }
}

/** Whether a name is the first word of its line, after spaces, a hyphen or `export`. */
function isFirst(text: string, start: number): boolean {
  const line = text.slice(Math.max(0, start - 12), start).split('\n');
  // A line that begins further back has something else before the name.
  if (line.length === 1 && start > 12) return false;
  return /^(?:-|export|ENV|ARG|set)?$/u.test((line.at(-1) ?? '').trim());
}

/** Whether a plain word and another one stand where a value would, in the middle of a line. */
function isSentence(text: string, start: number, { from, to }: Value): boolean {
  return (
    !isFirst(text, start) && /^[a-z]{1,12} [a-z]{1,15}(?:[ .,]|$)/u.test(text.slice(from, Math.min(to + 20, from + 40)))
  );
}

const CLOSED = /^(?:Path|Domain|Expires|Max-Age|HttpOnly|Secure|SameSite|Partitioned|Priority)$/iu;

function markCookies(text: string, { from, to }: Value, mark: Mark): number {
  let at = from;
  for (const pair of text.slice(from, to).split(';')) {
    const sign = pair.indexOf('=');
    const begin = at + sign + 1;
    if (sign > 0 && begin < at + pair.length && !CLOSED.test(pair.slice(0, sign).trim())) mark(begin, at + pair.length);
    at += pair.length + 1;
  }
  return to;
}

const SCHEME =
  /^(?:basic|bearer|digest|token|negotiate|ntlm|apikey|api-token|oauth|hoba|dpop|key|aws4-hmac-sha256)\s{1,4}/iu;

function markHeader(text: string, value: Value, mark: Mark): number {
  const head = text.slice(value.from, Math.min(value.to, value.from + MOST_SCHEME));
  const scheme = SCHEME.exec(head)?.[0] ?? '';
  const first = /^[^\s,;"'\]]*/u.exec(head.slice(scheme.length))?.[0] ?? '';
  if (scheme === '' && !isSecret(first, 'token', true)) return value.from;
  const begin = value.from + scheme.length;
  const from = begin + (/["'`]/u.test(text[begin] ?? '') ? 1 : 0);
  if (from >= value.to || text.startsWith('***', from)) return from;
  const isOne = /^(?:basic|bearer|token|negotiate|apikey)?\s*$/iu.test(scheme);
  const to = isOne ? Math.min(value.to, endOf(text, from, ' \t\n\r,;"\'`]')) : value.to;
  mark(from, to);
  return Math.max(to, from);
}

function indentOf(text: string, line: number): number {
  let at = line;
  while (text[at] === ' ' && at - line < MOST_NAME) at += 1;
  return at - line;
}

function endOf(text: string, at: number, stops: string): number {
  let end = at;
  while (end < text.length && !stops.includes(text[end] as string)) end += 1;
  return end;
}

/** The end of a value without quotes: a sign that ends one ends it only if what follows is no more of it. */
function bareEnd(text: string, at: number): number {
  let end = at;
  for (; end < text.length; end += 1) {
    const char = text[end] as string;
    if (/[\s"'`<]/u.test(char)) return end;
    if (!'\\,;&)}]|'.includes(char)) continue;
    const next = text.slice(end + 1, end + 40);
    if (char === '\\' && /^[nrt"'\\]/u.test(next)) return end;
    if (char !== '\\' && (next === '' || /^(?:[\s"'`,;&)}\]<>{[(]|[\w.%[\]-]{1,30}[=:])/u.test(next))) return end;
  }
  return end;
}
