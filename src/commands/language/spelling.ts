import type { CommandSpec, Field } from './define.ts';
import { habitOf } from './habit.ts';
import { hyphens, type Word } from './words.ts';

/**
 * Options in the spelling docker has for them: one typographic dash becomes `-` or `--`, whichever there is such an option
 * for; `-tail` becomes `--tail`, and `--n` becomes `-n`. What stands behind `--` stays.
 */
export function respelt(words: readonly Word[], spec: CommandSpec, fields: readonly Field[]): Word[] {
  const end = words.findIndex(({ text, quoted }) => text === '--' && !quoted);
  return words.map((word, index) => {
    if (word.quoted || (end >= 0 && index >= end)) return word;
    const text = optionText(word, spec, fields);
    return text === word.text ? word : { ...word, text };
  });
}

function optionText({ text: typed, isOneDash }: Word, spec: CommandSpec, fields: readonly Field[]): string {
  const text = typed.replace(/^--?[^=]+/u, hyphens);
  const [, dashes = '', name = ''] = /^(--?)([^=-][^=]*)/u.exec(text) ?? [];
  const rest = text.slice(dashes.length);
  const isLong = (one: string) => fields.some(({ option }) => option === one) || habitOf(spec.habits, one);
  const isShort = (letter: string) => fields.some(({ short }) => short === letter) || habitOf(spec.habits, letter);
  if (dashes === '-') return name.length > 2 && isLong(name.toLowerCase()) ? `-${text}` : text;
  if (dashes !== '--' || isLong(name.toLowerCase())) return text;
  const isBundle = isShort(name[0] ?? '') || /^\d+$/u.test(name);
  return isBundle && (isOneDash === true || name.length === 1) ? `-${rest}` : text;
}
