import { MASK } from './marks.ts';
import { hasOpener, prefixOf } from './openers.ts';
import { maskFrom } from './rules.ts';

/** Lines behind an opener, or behind the last line of a secret, that may still be part of one. */
const MOST_OTHERS = 6;
/** Lines of one secret: a file that Ansible has encrypted is long. */
const MOST_LINES = 1000;
/** Lines kept up to an opener, and from it on. */
const MOST_BEFORE = 4;
const MOST_BEHIND = 6;
/** Of a longer line, this much is looked at. */
const MOST_CHARS = 4096;
/**
 * Masks what in a line of a log is secret for the lines before it, such as the answer to a prompt or the second line of a
 * token. Takes the lines of one stream in order, before they are redacted. Each costs as much as redacting a few lines.
 */
export class SecretLines {
  /** Lines without prefixes from an opener on. */
  #kept: string[] = [];
  #opener = 0;
  #left = 0;
  #inside = 0;

  /** Whether the next line has to be taken; while not, only one that `hasOpener` has to be. */
  get isOpen(): boolean {
    return this.#left > 0;
  }

  /** The line, with a mask where it goes on with a secret. */
  take(line: string): string {
    const opens = hasOpener(`${line}\n`);
    if (!opens && !this.isOpen) return line;
    const prefix = prefixOf(line);
    const text = line.slice(prefix.length);
    const head = text.slice(0, MOST_CHARS);
    const masked = this.isOpen ? this.#masked(head) : head;
    this.#keep(text, masked !== head, opens);
    if (masked === head) return line;
    // The rest of a long line is as secret as the end of what was looked at.
    return masked.endsWith(MASK) ? prefix + masked : prefix + masked + text.slice(MOST_CHARS);
  }

  #masked(text: string): string {
    const before = `${this.#kept.join('\n')}\n`;
    return maskFrom(before.length, before + text);
  }

  #keep(text: string, isInside: boolean, opens: boolean): void {
    this.#inside = isInside ? this.#inside + 1 : 0;
    if (opens || isInside) this.#left = this.#inside > MOST_LINES ? 0 : MOST_OTHERS;
    else if (!text.endsWith('\\')) this.#left -= 1;
    if (!this.isOpen) this.#kept = [];
    else {
      if (opens) this.#kept = this.#kept.slice(1 - MOST_BEFORE);
      this.#kept.push(text.slice(-MOST_CHARS));
      if (opens) this.#opener = this.#kept.length - 1;
      // The last opener stays: what it opened may be longer.
      if (this.#kept.length > this.#opener + MOST_BEHIND) this.#kept.splice(this.#opener + 1, 1);
    }
  }
}
