const BEGIN = '-----BEGIN';
const END = '-----END';
const PRIVATE = /PRIVATE KEY(?: BLOCK)?-----|OpenVPN Static key V1-----/u;
/** A file of PuTTY has its private part between these two. */
const PUTTY = 'Private-Lines: ';
const PUTTY_END = 'Private-MAC: ';
const HEADER = /\b(?:Proc-Type|DEK-Info): /u;
const LABEL = /-----BEGIN [A-Za-z0-9 ]{0,64}-----|Private-Lines: \d{1,3}/u;
/** Widths at which programs wrap the body of a key: 64 (OpenSSL), 70 (OpenSSH), 76 (MIME). */
const FULL = /^[A-Za-z0-9+/]{60,76}$/u;
const LAST = /^[A-Za-z0-9+/]{1,76}={0,2}$/u;
/** Lines of the body of one key; RSA with 16384 bits has about 200. */
const MOST_BODY = 400;
/** Lines of others in between after which the key is taken to have ended. */
const MOST_OTHERS = 20;
/** Lines from the beginning of a window that may still belong to a key that began before. */
const FIRST_LINES = 8;

/** Words that stand for what was left out. */
const LEFT_OUT = '*** (private key)';

/** Whether a private key may begin in this line; certificates begin so too. */
export function mayBeginKey(text: string): boolean {
  return text.includes(BEGIN) || text.includes(PUTTY);
}

/** A line of a log: `text` is clean, but not redacted. */
export interface Guarded {
  readonly text: string;
}

/**
 * Leaves the bodies of private keys out of the lines of one stream, also where the stream is read from the middle of a
 * key. Lines that may be the rest of a key are held back until its end or another line shows what they are; certificates
 * and public keys pass. Linear in the length of a line.
 */
export class KeyGuard<Line extends Guarded> {
  #state: 'start' | 'key' | 'off' = 'start';
  #held: Line[] = [];
  #words = 0;
  #body = 0;
  #others = 0;

  /** Whether the next line has to be looked at; while not, only a line that `mayBeginKey` has to be. */
  get isWatching(): boolean {
    return this.#state !== 'off';
  }

  /** Lines before this one are unknown: the next ones may be the rest of a key. */
  restart(): void {
    if (this.#state !== 'key') this.#to('start');
  }

  /** Lines that can be shown now that this one was read; `masked` makes the line that stands for what is left out. */
  take(line: Line, masked: (line: Line, text: string) => Line): Line[] {
    const { text } = line;
    if (this.#state === 'key') return this.#inKey(line);
    if (mayBeginKey(text) && !text.includes(END)) return this.#begin(line, masked);
    return this.#state === 'off' ? [line] : this.#atStart(line, masked);
  }

  /** Lines that were held back when the stream ended. */
  end(masked: (line: Line, text: string) => Line): Line[] {
    return this.#settle(masked);
  }

  #to(state: 'start' | 'key' | 'off'): void {
    this.#state = state;
    this.#body = 0;
    this.#others = 0;
  }

  #begin(line: Line, masked: (line: Line, text: string) => Line): Line[] {
    const before = this.#settle(masked);
    const isPrivate = PRIVATE.test(line.text) || line.text.includes(PUTTY);
    this.#to(isPrivate ? 'key' : 'off');
    this.#words = wordsOf(line.text.replace(LABEL, ' ')).length;
    return [...before, line];
  }

  #inKey(line: Line): Line[] {
    const { text } = line;
    if (text.includes(END) || text.includes(PUTTY_END)) {
      this.#to('off');
      return [];
    }
    const words = wordsOf(text);
    // The first line may have a logger's words before the key, and the others none; the last one is like those before.
    const isFull = words.some((word) => isLong(word));
    if (isFull) this.#words = words.length - 1;
    const isBody = text.trim() === '' || HEADER.test(text) || isFull || words.length === this.#words + 1;
    if (isBody) this.#body += 1;
    else this.#others += 1;
    if (this.#body > MOST_BODY || this.#others > MOST_OTHERS) this.#to('off');
    return isBody ? [] : [line];
  }

  #atStart(line: Line, masked: (line: Line, text: string) => Line): Line[] {
    const { text } = line;
    if (text.includes(END)) {
      const isPrivate = PRIVATE.test(text);
      const held = this.#held;
      this.#held = [];
      this.#to('off');
      return isPrivate && held.length > 0 ? [masked(line, LEFT_OUT)] : [...held, line];
    }
    if (this.#held.length < MOST_BODY && this.#mayBeBody(text)) {
      this.#held.push(line);
      return [];
    }
    const before = this.#settle(masked);
    this.#others += 1;
    if (this.#others >= FIRST_LINES) this.#to('off');
    return [...before, line];
  }

  #mayBeBody(text: string): boolean {
    if (isStrict(text)) return true;
    const word = lastWord(text);
    if (this.#held.length === 0) return word === text.trim() && LAST.test(word) && word.length >= 8 && isRandom(word);
    const before = this.#held.at(-1)?.text ?? '';
    if (text.trim() === '') return HEADER.test(before);
    return isStrict(before) && LAST.test(word) && wordsOf(text).length === wordsOf(before).length;
  }

  #settle(masked: (line: Line, text: string) => Line): Line[] {
    const held = this.#held;
    this.#held = [];
    const strict = held.filter(({ text }) => isStrict(text)).length;
    const last = held.at(-1);
    return strict >= 2 && last !== undefined ? [masked(last, LEFT_OUT)] : held;
  }
}

/** Text read from the middle of a log, without the rest of a private key that it may begin with. */
export function withoutKeyRest(text: string): string {
  const begin = text.indexOf(BEGIN);
  const head = begin < 0 ? text : text.slice(0, begin);
  const guard = new KeyGuard<Guarded>();
  const masked = (_: Guarded, words: string) => ({ text: words });
  const lines = head.split('\n').flatMap((line) => guard.take({ text: line }, masked));
  return [...lines, ...guard.end(masked)].map((line) => line.text).join('\n') + text.slice(head.length);
}

const wordsOf = (text: string) => text.split(/[^A-Za-z0-9+/=]+/u).filter((word) => word !== '');
const lastWord = (text: string) => {
  const whole = text.trimEnd();
  return whole.slice(Math.max(whole.lastIndexOf(' '), whole.lastIndexOf('\t')) + 1);
};
/** Capitals, small letters and digits: no list of hexadecimal digests, and no word. */
const isRandom = (word: string) => /[A-Z]/u.test(word) && /[a-z]/u.test(word) && /[0-9+/=]/u.test(word);
const isLong = (word: string) => word.length >= 40 && isRandom(word);

function isStrict(text: string): boolean {
  const word = lastWord(text);
  return HEADER.test(text) || (FULL.test(word) && isRandom(word));
}
