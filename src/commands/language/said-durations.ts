import type { Field } from './define.ts';
import { durationIn } from './how-long.ts';
import { hyphens, type Word } from './words.ts';

/**
 * Durations as people say them, in the spelling `Duration` reads: `for 5 minutes` and `--since 1 hour` become `for 5m` and
 * `--since 1h`. Only behind `for` and behind options that take a duration.
 */
export function saidDurations(words: readonly Word[], fields: readonly Field[]): Word[] {
  const options = new Set(fields.filter(({ isDuration }) => isDuration).map(({ option }) => `--${option}`));
  const result: Word[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [before, word] = [words[index - 1], words[index] as Word];
    result.push(word);
    const isAsked = options.size > 0 && before && !before.quoted && !word.quoted;
    if (!isAsked || !(before.text === 'for' || options.has(hyphens(before.text).toLowerCase()))) continue;
    const end = words.findIndex(({ quoted }, at) => quoted && at > index);
    const said = durationIn(words.slice(index, end < 0 ? undefined : end).map(({ text }) => text));
    if (!said) continue;
    result[result.length - 1] = { ...word, text: said.text };
    index += said.taken - 1;
  }
  return result;
}
