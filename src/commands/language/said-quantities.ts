import type { Field } from './define.ts';
import { durationIn } from './how-long.ts';
import { hyphens, type Word } from './words.ts';

const NUMBER = /^\d{1,15}(?:[.,]\d{1,3})?$/u;
const SIZE_UNIT = /^[kmgt]?i?b$/iu;
const AGO = / ago$/iu;

/**
 * Durations as people say them, in the spelling `Duration` reads: `for 5 minutes` and `--since 1 hour` become `for 5m` and
 * `--since 1h`. Only behind `for` and behind options that take a duration. So do sizes: `--memory 1 GiB` becomes `--memory 1GiB`.
 */
export function saidQuantities(words: readonly Word[], fields: readonly Field[]): Word[] {
  const options = new Set(fields.filter(({ isDuration }) => isDuration).map(({ option }) => `--${option}`));
  const sizes = new Set(
    fields
      .filter(({ isSize }) => isSize)
      .flatMap(({ option, short }) => [`--${option}`, ...(short === undefined ? [] : [`-${short}`])]),
  );
  const result: Word[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [before, word] = [words[index - 1], words[index] as Word];
    result.push(word);
    const unit = words[index + 1];
    if (before && sizes.has(hyphens(before.text)) && unit && SIZE_UNIT.test(unit.text) && NUMBER.test(word.text)) {
      result[result.length - 1] = { ...word, text: `${word.text}${unit.text}` };
      index += 1;
      continue;
    }
    const isAsked = options.size > 0 && before && !before.quoted;
    if (!isAsked || !(before.text === 'for' || options.has(hyphens(before.text).toLowerCase()))) continue;
    const end = words.findIndex(({ quoted }, at) => quoted && at > index);
    // `--since "10 minutes ago"`
    const inQuotes = word.quoted ? word.text.replace(AGO, '').split(' ') : undefined;
    const said = durationIn(inQuotes ?? words.slice(index, end < 0 ? undefined : end).map(({ text }) => text));
    if (!said || (inQuotes && said.taken !== inQuotes.length)) continue;
    result[result.length - 1] = { ...word, text: said.text };
    if (inQuotes) continue;
    index += said.taken - 1;
    if (before.text !== 'for' && words[index + 1]?.text.toLowerCase() === 'ago') index += 1;
  }
  return result;
}
