import { Addresses } from './addresses.ts';
import { markAssignments } from './assignments.ts';
import { MASK, type Mark, Marks, Runs, tableOf } from './marks.ts';
import { NAME_WORDS } from './names.ts';
import { SERVICES } from './services.ts';
import { markShapes, SHAPE_WORDS } from './shapes.ts';
import { ALPHABETS, type Alphabet, TOKENS, type TokenRule } from './tokens.ts';
import { WordIndex } from './word-index.ts';
import { isPiece, markWrapped } from './wrapped.ts';

const BEGIN = '-----BEGIN';
const JWT = 'eyJ';
const SLASHES = '://';
const TABLES = new Map(Object.entries(ALPHABETS).map(([name, characters]) => [name, tableOf(characters)]));
const RULES = new Map<string, TokenRule[]>();
for (const rule of TOKENS) RULES.set(rule.begins, [...(RULES.get(rule.begins) ?? []), rule]);
const SPELLED = [
  'new-relic',
  'new_relic',
  'message-bird',
  'message_bird',
  'linked-in',
  'linked_in',
  'private-ai',
  'private_ai',
];
const SERVICE_WORDS = new Set([...SERVICES, ...SPELLED]);

// One cheap look decides whether anything can match at all: most lines have none of these words.
const HINTS = new WordIndex([
  ...[BEGIN, JWT, SLASHES],
  ...NAME_WORDS,
  ...SERVICE_WORDS,
  ...RULES.keys(),
  ...SHAPE_WORDS,
]);

/** Masks what looks like a secret: tokens, keys, passwords in addresses, and what has the name of a secret. */
export function maskByRules(text: string): string {
  if (!HINTS.has(text) && !text.includes('@')) return text;
  const marks = new Marks();
  const { isOpen } = markByRules(text, marks);
  const out = marks.over(text);
  return isOpen && !out.endsWith(MASK) ? `${out} ${MASK}` : out;
}

/** Masks the part of a text from `start` on, where what is before tells what is secret in it. */
export function maskFrom(start: number, text: string): string {
  const marks = new Marks();
  markByRules(text, marks);
  return marks.over(text, start);
}

/** `isOpen`: a private key begins and does not end. */
function markByRules(text: string, marks: Marks): { readonly isOpen: boolean } {
  const words = new Set<string>();
  const finder = new Finder(text, marks.mark);
  for (const { word, at } of HINTS.all(text)) {
    words.add(word);
    finder.at(word, at);
  }
  markShapes(text, words, marks.mark);
  markAssignments(
    text,
    [...words].some((word) => SERVICE_WORDS.has(word)),
    marks.mark,
  );
  markWrapped(text, marks);
  return finder;
}

/** Marks what begins with a word of the index. Each run of characters is read once, whatever stands in it how often. */
class Finder {
  readonly #text: string;
  readonly #mark: Mark;
  readonly #runs = new Map<Alphabet, Runs>();
  readonly #addresses: Addresses;
  readonly #judged = new Map<TokenRule, number>();
  #keyEnd = 0;
  #jwtFrom = 0;
  /** A private key begins here and does not end. */
  isOpen = false;

  constructor(text: string, mark: Mark) {
    this.#text = text;
    this.#mark = mark;
    this.#addresses = new Addresses(text);
  }

  at(word: string, at: number): void {
    if (word === BEGIN) this.#privateKey(at);
    else if (word === SLASHES) this.#addresses.mark(at + word.length, this.#mark);
    else if (word === JWT) this.#jwt(at);
    for (const rule of RULES.get(word) ?? []) this.#token(rule, at);
  }

  #run(alphabet: Alphabet): Runs {
    const runs = this.#runs.get(alphabet) ?? new Runs(this.#text, TABLES.get(alphabet) as Uint8Array);
    this.#runs.set(alphabet, runs);
    return runs;
  }

  #token(rule: TokenRule, at: number): void {
    const { begins, of, least, most, inside } = rule;
    const runs = this.#run(of);
    let from = at;
    // The first of these words in a run has judged all of it.
    if (at < (this.#judged.get(rule) ?? 0)) return;
    if (inside === true) while (at - from < 300 && runs.has(from - 1)) from -= 1;
    else if (/[A-Za-z0-9]/u.test(this.#text[at - 1] ?? '')) return;
    const behind = at + begins.length;
    const end = runs.end(behind);
    if (inside === true) this.#judged.set(rule, end);
    const length = inside === true ? end - from : end - behind;
    if (length >= least && (most === undefined || (length <= most && !/\w/u.test(this.#text[end] ?? ''))))
      this.#mark(from, end);
  }

  #privateKey(at: number): void {
    if (at < this.#keyEnd) return;
    const head = /^-----BEGIN(?:[ A-Z0-9_-]{0,60}PRIVATE KEY(?: BLOCK)?| OpenVPN Static key V1)-----/u.exec(
      this.#text.slice(at, at + 100),
    )?.[0];
    if (head === undefined) return;
    const from = at + head.length;
    const end = this.#text.indexOf('-----END', from);
    this.isOpen = end < 0;
    this.#keyEnd = end < 0 ? this.#text.length : end;
    if (from < this.#keyEnd) this.#mark(from, this.#keyEnd);
  }

  /** Where the part of a token ends that begins here; it may be wrapped before its first letter, and once within. */
  #part(runs: Runs, at: number): number {
    const end = runs.end(this.#nextLine(at));
    const next = this.#nextLine(end);
    if (next === end) return end;
    const last = runs.end(next);
    const behind = this.#text[last];
    const isEnd = behind === undefined || /[.\s"']/u.test(behind);
    return isEnd && isPiece(this.#text.slice(next, Math.min(last, next + 2000))) ? last : end;
  }

  /** Behind the end of a line and the indent of the next; the same place where no line ends. */
  #nextLine(at: number): number {
    const [between = ''] = /^\r?\n[ \t]{0,40}/u.exec(this.#text.slice(at, at + 50)) ?? [];
    return at + between.length;
  }

  /** Header, claims and signature in base64url with dots between them; a signature may be missing. */
  #jwt(at: number): void {
    if (at < this.#jwtFrom || /[A-Za-z0-9]/u.test(this.#text[at - 1] ?? '')) return;
    const runs = this.#run('word');
    const header = runs.end(at);
    this.#jwtFrom = header;
    if (header - at < 12 || this.#text[header] !== '.') return;
    let end = this.#part(runs, header + 1);
    if (end - header < 8) return;
    for (let part = 0; part < 3 && this.#text[end] === '.'; part += 1) end = this.#part(runs, end + 1);
    this.#jwtFrom = end;
    this.#mark(at, end);
  }
}
