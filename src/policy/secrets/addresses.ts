import { type Mark, Runs, tableOf } from './marks.ts';

const URL_TABLE = tableOf('!$%&()*+,.0-9:;=@A-Z[]^_a-z{|}~-');
/** Of a longer name or password the beginning is judged. */
const MOST_NAME = 256;
const PASSED = /^(?:\*{1,}|\$\{?[\w.()]{1,80}\}?|<[^>]{0,60}>|%s|\[.{0,40}\]|)$/u;

/** Marks the password of `scheme://user:password@host`, and a user that is a token. */
export class Addresses {
  readonly #text: string;
  readonly #runs: Runs;

  constructor(text: string) {
    this.#text = text;
    this.#runs = new Runs(text, URL_TABLE);
  }

  /** `at` is behind the two slashes. */
  mark(at: number, mark: Mark): void {
    const end = this.#end(at);
    const authority = this.#text.slice(at, end);
    const sign = authority.lastIndexOf('@');
    if (sign < 0) return;
    const user = authority.slice(0, sign);
    const colon = user.indexOf(':');
    const name = colon < 0 ? user : user.slice(0, colon);
    if (isToken(name.slice(0, MOST_NAME), colon < 0)) mark(at, at + name.length);
    if (colon >= 0 && !PASSED.test(user.slice(colon + 1, colon + MOST_NAME))) mark(at + colon + 1, at + sign);
  }

  /** A password with a slash is not escaped as it ought to be, and is one all the same. */
  #end(at: number): number {
    const end = this.#runs.end(at);
    if (!'/#?'.includes(this.#text[end] ?? ' ')) return end;
    const authority = this.#text.slice(at, Math.min(end, at + 256));
    if (authority.includes('@') || !/^[^:]{0,80}:(?!\d{1,5}$).{1,100}$/u.test(authority)) return end;
    const more = /^[^\s"'<>@]{1,128}@/u.exec(this.#text.slice(end, end + 130))?.[0];
    return more === undefined ? end : end + more.length;
  }
}

function isToken(name: string, alone: boolean): boolean {
  if (/^[0-9a-f]{8}$/u.test(name)) return /\d/u.test(name) && /[a-f]/u.test(name) && !alone;
  return (
    name.length >= 20 &&
    /\d/u.test(name) &&
    /[A-Za-z]/u.test(name) &&
    /^[\w.~%-]+$/u.test(name) &&
    !/^[a-z]+(?:[-_.][a-z0-9]{1,12})+$/u.test(name)
  );
}
