import { UMBRELLA } from '../../domain/phrase.ts';
import { SPECS } from '../index.ts';

/** Two words after a slash, but not the same letters inside a path or an address: `/dock plan`. */
const TWO_WORDS = /(?<![\w/.:-])\/(?=([a-z]+) ([a-z]+)\b)/gu;
/** A slash and a word with something after it, at the start of a code span: `/rollback shop`. A path alone, as in `/logs`, stays. */
const IN_A_SPAN = /(?<=`)\/(?=([a-z]+) )/gu;
/** A cell of a table that begins as a command line does, as in the audit log. */
const WHOLE_CELL = /^\/(?=([a-z]+)(?: |$))/u;

const NAMES: ReadonlySet<string> = new Set(SPECS.map(({ name }) => name));
const OF_THEIR_OWN: ReadonlySet<string> = new Set(SPECS.filter(({ slash }) => slash).map(({ name }) => name));

/** A cell of a table; where it is a command line, as people type it. */
export function spelledCell(text: string, prefix: string): string {
  return spelled(text.replace(WHOLE_CELL, prefixed(prefix)), prefix);
}

/** Our own text with its commands as they are typed in this workspace: `/dock plan` is `/d-dock plan` with that prefix. */
export function spelled(text: string, prefix: string): string {
  if (prefix === '') return text;
  return text
    .replace(TWO_WORDS, (slash, first: string, second: string) =>
      first === UMBRELLA && NAMES.has(second) ? `/${prefix}` : slash,
    )
    .replace(IN_A_SPAN, prefixed(prefix));
}

const prefixed = (prefix: string) => (slash: string, name: string) => (OF_THEIR_OWN.has(name) ? `/${prefix}` : slash);
