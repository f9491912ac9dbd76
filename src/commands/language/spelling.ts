import type { CommandSpec, Field } from './define.ts';
import { habitOf } from './habit.ts';
import { word as newWord } from './mistake.ts';
import { isOurs } from './read-options.ts';
import { saidQuantities } from './said-quantities.ts';
import { hyphens, type Word } from './words.ts';

/**
 * Options in the spelling docker has for them: one typographic dash becomes `-` or `--`, whichever there is such an option
 * for; `-tail` becomes `--tail`, `--n` becomes `-n`, and `for 5 minutes` becomes `for 5m`. What stands behind `--` stays.
 */
export function respelt(words: readonly Word[], spec: CommandSpec, fields: readonly Field[]): Word[] {
  const end = words.findIndex(({ text, quoted }) => text === '--' && !quoted);
  const own = words.map((word, index) => {
    if (word.quoted || (end >= 0 && index >= end)) return word;
    const text = optionText(word, spec, fields);
    return text === word.text ? word : { ...word, text };
  });
  const verbatim = verbatimStart(own, spec, fields);
  return [...saidQuantities(own.slice(0, verbatim), fields), ...words.slice(verbatim)];
}

/** Where another program's words begin (`spec.verbatimAfter`); the number of words when they do not. */
function verbatimStart(words: readonly Word[], spec: CommandSpec, fields: readonly Field[]): number {
  let positionals = 0;
  for (let index = 0; spec.verbatimAfter !== undefined && index < words.length; index += 1) {
    const word = words[index] ?? newWord('');
    if (positionals === spec.verbatimAfter && !isOurs(word, spec)) return index;
    if (isOurs(word, spec)) continue;
    const isOption = !word.quoted && /^-./u.test(word.text);
    if (!isOption) positionals += 1;
    else if (takesNext(word.text, spec, fields)) index += 1;
  }
  return words.length;
}

/** Whether the word behind an option is its value. */
function takesNext(text: string, spec: CommandSpec, fields: readonly Field[]): boolean {
  if (text.startsWith('--')) {
    if (text.includes('=')) return false;
    const name = text.slice(2).toLowerCase();
    const own = fields.find(({ option }) => option === name);
    return own ? own.kind !== 'switch' : (habitOf(spec, name)?.takesValue ?? false);
  }
  for (const [index, letter] of [...text.slice(1)].entries()) {
    const own = fields.find(({ short }) => short === letter);
    const takes = own ? own.kind !== 'switch' : (habitOf(spec, letter)?.takesValue ?? false);
    if (takes) return index === text.length - 2;
  }
  return false;
}

function optionText({ text: typed, isOneDash }: Word, spec: CommandSpec, fields: readonly Field[]): string {
  const text = typed.replace(/^--?[^=]+/u, hyphens);
  const [, dashes = '', name = ''] = /^(--?)([^=-][^=]*)/u.exec(text) ?? [];
  const rest = text.slice(dashes.length);
  const isLong = (one: string) => fields.some(({ option }) => option === one) || habitOf(spec, one);
  const isShort = (letter: string) => fields.some(({ short }) => short === letter) || habitOf(spec, letter);
  if (dashes === '-') return name.length > 2 && isLong(name.toLowerCase()) ? `-${text}` : text;
  if (dashes !== '--' || isLong(name.toLowerCase())) return text;
  const isBundle = isShort(name[0] ?? '') || /^\d+$/u.test(name);
  return isBundle && (isOneDash === true || name.length === 1) ? `-${rest}` : text;
}
