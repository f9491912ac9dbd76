import type { Logical } from '../logical.ts';

/** A word of a command, unquoted, and where it stands in the file. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
  /** Whether a shell puts something else in its place: a variable, a command or a pattern. */
  readonly isExpanded: boolean;
}

export interface Operator {
  /** `&&`, `||`, `;`, `|`, `|&`, `&`, `(`, `)`, or `>` for every redirection. */
  readonly operator: string;
  readonly start: number;
  readonly end: number;
}

export type Token = Word | Operator;

export interface Tokens {
  readonly tokens: readonly Token[];
  /** The quote that is never closed. */
  readonly unclosed: string | undefined;
  /** Whether a comment takes the rest of it, where nothing can be added. */
  readonly hasComment: boolean;
}

export const isWord = (token: Token): token is Word => 'text' in token;

const OPERATORS = ['&&', '||', ';;', '|&', ';', '|', '&', '(', ')'];

/** The words and operators of shell text. Bounded and linear: what it does not know is part of a word. */
export function tokenize(logical: Logical): Tokens {
  return new Tokenizer(logical).read();
}

class Tokenizer {
  readonly #logical: Logical;
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #heredocs: string[] = [];
  #at = 0;
  #unclosed: string | undefined;
  #hasComment = false;

  constructor(logical: Logical) {
    this.#logical = logical;
    this.#text = logical.text;
  }

  read(): Tokens {
    while (this.#at < this.#text.length) this.#step();
    return { tokens: this.#tokens, unclosed: this.#unclosed, hasComment: this.#hasComment };
  }

  #step(): void {
    const char = this.#text.charAt(this.#at);
    if (char === '\n') this.#newline();
    else if (char === ' ' || char === '\t' || char === '\r') this.#at += 1;
    else if (char === '\\' && this.#text[this.#at + 1] === '\n') this.#at += 2;
    else if (char === '#') this.#comment();
    else if (char === '>' || char === '<') this.#redirect();
    else if (char === '&' && this.#text[this.#at + 1] === '>') this.#redirect();
    else if (!this.#operator()) this.#word();
  }

  #push(operator: string, length: number): void {
    const start = this.#logical.offset(this.#at);
    this.#at += length;
    this.#tokens.push({ operator, start, end: this.#logical.offset(this.#at - 1) + 1 });
  }

  #newline(): void {
    this.#push(';', 1);
    // What a script gives a program as its input is no command.
    for (const name of this.#heredocs.splice(0)) {
      while (this.#at < this.#text.length) {
        const end = this.#text.indexOf('\n', this.#at);
        const line = this.#text.slice(this.#at, end < 0 ? this.#text.length : end);
        this.#at = end < 0 ? this.#text.length : end + 1;
        if (line.trim() === name) break;
      }
    }
  }

  #comment(): void {
    this.#hasComment = true;
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #redirect(): void {
    const sign = /^(?:&>>?|[<>]{1,3}[&|-]?)/u.exec(this.#text.slice(this.#at, this.#at + 4))?.[0] ?? '>';
    const isHeredoc = sign === '<<' || sign === '<<-';
    this.#push('>', sign.length);
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
    const before = this.#tokens.length;
    if (this.#at < this.#text.length && !/[\s;|&()<>]/u.test(this.#text.charAt(this.#at))) this.#word();
    // Its target is no word of the command.
    const [target] = this.#tokens.splice(before);
    if (isHeredoc && target && isWord(target)) this.#heredocs.push(target.text);
  }

  #operator(): boolean {
    const two = this.#text.slice(this.#at, this.#at + 2);
    const found = OPERATORS.find((operator) => two.startsWith(operator));
    if (found === undefined) return false;
    this.#push(found, found.length);
    return true;
  }

  #word(): void {
    const from = this.#at;
    let text = '';
    let isQuoted = false;
    let isExpanded = false;
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      if (/[\s;|&()<>]/u.test(char)) break;
      if (char === "'" || char === '"') {
        isQuoted = true;
        const inside = this.#quoted(char);
        isExpanded ||= char === '"' && /[$`]/u.test(inside);
        text += inside;
      } else if (char === '\\') {
        if (this.#text[this.#at + 1] !== '\n') text += this.#text.charAt(this.#at + 1);
        this.#at += 2;
      } else if (char === '$' || char === '`') {
        isExpanded = true;
        text += this.#expansion(char);
      } else {
        isExpanded ||= /[*?[~]/u.test(char);
        text += char;
        this.#at += 1;
      }
    }
    const end = Math.max(from + 1, Math.min(this.#at, this.#text.length));
    this.#at = end;
    const [start, last] = [this.#logical.offset(from), this.#logical.offset(end - 1) + 1];
    // `2>` names a stream.
    if (/^\d$/u.test(text) && /[<>]/u.test(this.#text.charAt(end))) return;
    this.#tokens.push({ text, start, end: last, isQuoted, isExpanded });
  }

  #quoted(quote: string): string {
    let at = this.#at + 1;
    while (at < this.#text.length && this.#text[at] !== quote) at += quote === '"' && this.#text[at] === '\\' ? 2 : 1;
    if (at >= this.#text.length) this.#unclosed ??= quote;
    const inside = this.#text.slice(this.#at + 1, at);
    this.#at = Math.min(at + 1, this.#text.length);
    return quote === '"' ? inside.replace(/\\(["\\$`])/gu, '$1') : inside;
  }

  /** `$name`, `${…}`, `$(…)` or a command in backticks, as it is written. */
  #expansion(char: string): string {
    const open = char === '`' ? '`' : this.#text.charAt(this.#at + 1);
    const close = { '(': ')', '{': '}', '`': '`' }[open];
    let at = this.#at + 1;
    if (close !== undefined) {
      let depth = 0;
      for (at = this.#at + (char === '`' ? 1 : 2); at < this.#text.length; at += 1) {
        const next = this.#text.charAt(at);
        if (next === '\\') at += 1;
        else if (next === close && depth === 0) break;
        else if (next === close) depth -= 1;
        else if (next === open) depth += 1;
      }
      at += 1;
    }
    const text = this.#text.slice(this.#at, at);
    this.#at = Math.min(at, this.#text.length);
    return text;
  }
}
